// 模型的傳承 · How models descend
MATCH (m)-[r:BASED_ON|REPLACED|OUTPERFORMED]->(n)
RETURN m, r, n
