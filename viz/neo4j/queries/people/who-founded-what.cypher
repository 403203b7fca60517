// 誰創辦了什麼 · Who founded what
MATCH (p:Entity)-[f:FOUNDED]->(o:Organization)
RETURN p, f, o
