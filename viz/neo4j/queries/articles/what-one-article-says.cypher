// 最新的文章說了什麼 · What the newest article says
MATCH (a:Article)
WITH a
ORDER BY coalesce(a.date, '') DESC, a.id
LIMIT 1
MATCH (f:Fact)-[:SUPPORTED_BY]->(e:Evidence)-[:IN_ARTICLE]->(a)
MATCH (s:Entity)<-[:SUBJECT]-(f)-[:OBJECT]->(o:Entity)
RETURN a.title AS article, s.name AS subject, f.predicate AS predicate, o.name AS object, e.quote AS quote
ORDER BY e.start, subject, predicate, object
