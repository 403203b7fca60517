// 待過同一個地方的人 · People of the same place
MATCH (a:Person)-[:WORKED_AT|STUDIED_AT]->(o:Organization)<-[:WORKED_AT|STUDIED_AT]-(b:Person)
WHERE a.id < b.id
RETURN o.name AS place, a.name AS one, b.name AS other, count(*) AS times
ORDER BY place, one, other
