// 誰與誰共事或師承 · Who trained with whom
MATCH (a:Person)-[r:ADVISED|COLLABORATED_WITH]->(b:Person)
RETURN a, r, b
