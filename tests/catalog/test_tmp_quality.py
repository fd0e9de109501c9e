import pytest
from bench.search_quality import *
from tests.catalog.test_search_quality import told
pytestmark = pytest.mark.django_db
def test_x():
    import time
    from catalog.search.matching import match
    items=read_items(); byid={i.id:i for i in items}
    from catalog.search.decode import readings
    with catalogue(items) as ids:
        qs=read_queries(items)
        t=time.time(); o=ask(qs,ids); print("JUDGED", time.time()-t); 
        print(by_kind(o)); print("HELD", by_kind(o[1::2])["overall"])
        for x in o:
            if x.recall<0.7 or x.reciprocal_rank<0.5:
                t=time.time(); r=readings(x.query.text); t=time.time()-t
                print(x.query, x.reciprocal_rank, x.recall, len(x.query.relevant)); print("   ", [(y.text,round(y.cost,2)) for y in r][:5], round(t*1000)); print("   ",[byid[f].name for f in x.found[:4]]); print("   ",match(x.query.text).params[:4], match(x.query.text).rank_query)
    for seed in (7,303):
        t=time.time(); o=invented(seed, goods=900, queries=400); print("SEED",seed, time.time()-t); print("\n".join(told(o).split("\n")[:24]))
