// 只是傳聞 · Rumours only
MATCH (a:Entity)-[r]->(b:Entity)
WHERE r.certainty = 'reported'
RETURN a, r, b
