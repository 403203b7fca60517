// 關於某物的引言 · Statements about a thing
MATCH (p:Entity)<-[:SAID_BY]-(s:Statement)-[:ABOUT]->(n:Entity)
MATCH (s)-[:IN_ARTICLE]->(a:Article)
RETURN n.name AS about, p.name AS speaker, s.text AS words, a.title AS article
ORDER BY about, speaker, words
