// 誰做了哪個模型 · Who made which model
MATCH (o)-[r:DEVELOPED]->(m:Model)
RETURN o, r, m
