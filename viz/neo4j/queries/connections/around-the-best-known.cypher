// 最有關聯的實體與周邊 · Around the best connected
MATCH (n:Entity)-[r]-(:Entity)
WITH n, count(r) AS degree
ORDER BY degree DESC, n.id
LIMIT 1
MATCH (n)-[r]-(m:Entity)
RETURN n, r, m
