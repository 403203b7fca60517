// 最常提到的人之間的最短路徑 · Shortest paths between the people most mentioned
MATCH (p:Person)-[m:MENTIONED_IN]->(:Article)
WITH p, sum(m.count) AS mentions
ORDER BY mentions DESC, p.id
LIMIT 2
WITH collect(p) AS people
WITH people[0] AS a, people[1] AS b
MATCH path = shortestPath((a)-[:FOUNDED|WORKED_AT|STUDIED_AT|DEVELOPED|LEADS|ADVISED|COLLABORATED_WITH|APPEARED_ON|HOSTS*..6]-(b))
RETURN path
