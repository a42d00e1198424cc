#!/usr/bin/env python3
"""A participant of Assent without the SDK: a stock of 100 bolts in SQLite.  participant.py PORT COORDINATORS DATABASE"""
import contextlib, itertools, json, socketserver, sqlite3, sys, threading, time, urllib.request, wsgiref.simple_server as wsgi

ME, PORT, COORDINATORS = "stock", int(sys.argv[1]), sys.argv[2].split(",")
lock, db = threading.Lock(), sqlite3.connect(sys.argv[3], check_same_thread=False)
db.executescript("""PRAGMA synchronous = EXTRA; PRAGMA locking_mode = EXCLUSIVE; -- outlives a power cut; one process
    CREATE TABLE IF NOT EXISTS branch(id PRIMARY KEY, state DEFAULT 'WORKING', bolts DEFAULT 0, calls DEFAULT 0, term DEFAULT 0)""")

def recall(id):
    db.execute("INSERT OR IGNORE INTO branch(id) VALUES (?)", (id,))
    return db.execute("SELECT state, calls, term FROM branch WHERE id = ?", (id,)).fetchone()

def stock():  # the branches are the books: bolts are taken from the first call on, unless their branch is aborted
    bolts = dict(db.execute("SELECT state, sum(bolts) FROM branch WHERE state <> 'ABORTED' GROUP BY state"))
    return {"free": 100 - sum(bolts.values()), "sold": bolts.get("COMMITTED", 0)}

def reserve(id, quantity):  # the business call; a refusal that did nothing carries no Assent-Branch
    state, calls, _ = recall(id)
    over = {"PREPARED": "branch-prepared", "COMMITTED": "transaction-over", "ABORTED": "transaction-over"}.get(state)
    if over or not 0 < quantity <= stock()["free"]:
        return "409 Conflict", {"type": "urn:assent:problem:" + over} if over else {"title": "Not enough in stock"}, []
    db.execute("UPDATE branch SET bolts = bolts + ?, calls = calls + 1 WHERE id = ?", (quantity, id))
    return "200 OK", {}, [("Assent-Branch", f'"{ME}";endpoint="http://127.0.0.1:{PORT}/assent";calls={calls + 1}')]

def answer(id, kind, message):  # what is remembered decides; without a reply the message will come again
    (state, calls, term), reply = recall(id), None
    member = ME in [p["participant"] for p in message.get("participants", [])]
    if kind == "PREPARE" and message["term"] >= term and state != "COMMITTED":
        yes = state in ("WORKING", "PREPARED") and (message.get("token"), message.get("calls")) == (None, calls)
        state = "PREPARED" if yes or state == "PREPARED" else "ABORTED"  # once prepared, it never leaves alone
        reply = {"type": "VOTE", "vote": "YES" if yes else "NO"}
    elif kind == "COMMIT" and member and state in ("PREPARED", "COMMITTED"):
        state, reply = "COMMITTED", {"type": "ACK"}
    elif (kind == "ABORT" or kind == "COMMIT" and not member) and state != "COMMITTED":
        state, reply = "ABORTED", {"type": "ACK"}  # remembered even if never heard of: work or a PREPARE may come later
    db.execute("UPDATE branch SET state = ?, term = max(term, ?) WHERE id = ?", (state, message.get("term", 0), id))
    return reply and {"transaction": id, "branch": ME, **reply}

def service(request, respond):  # a WSGI application
    body = request["wsgi.input"].read(int(request["CONTENT_LENGTH"] or 0))
    with lock, db:  # one local transaction, on the disk before anybody is told
        if request["PATH_INFO"] == "/assent":
            replies = [answer(m["transaction"], m["type"], m) for m in json.loads(body)["messages"] if m["branch"] == ME]
            status, result, headers = "200 OK", {"replies": [reply for reply in replies if reply]}, []
        elif request["PATH_INFO"] == "/reserve":
            status, result, headers = reserve(request["HTTP_ASSENT_TRANSACTION"], json.loads(body)["quantity"])
        else:
            status, result, headers = "200 OK", stock(), []
    respond(status, [("Content-Type", "application/json"), *headers])
    return [json.dumps(result).encode()]

def ask():  # who hears nothing asks any coordinator, again and again, and so after a restart
    for url in itertools.cycle(COORDINATORS):
        time.sleep(1)
        with lock:
            ids = list(db.execute("SELECT id FROM branch WHERE state IN ('WORKING', 'PREPARED') ORDER BY random() LIMIT 1000"))
        question = json.dumps({"branches": [{"transaction": id, "branch": ME} for id, in ids]}).encode()
        call = urllib.request.Request(url + "/v1/outcomes/lookup", question, {"Content-Type": "application/json"})
        with contextlib.suppress(OSError):  # the next one will answer
            outcomes = [(o["outcome"], o["transaction"]) for o in json.load(urllib.request.urlopen(call, timeout=5))["outcomes"]]
            with lock, db:  # when nobody knows any more (EXPIRED), who has not voted leaves, and who has stays
                db.executemany("UPDATE branch SET state = 'ABORTED' WHERE state = 'WORKING' AND ?1 <> 'PENDING' AND id = ?2", outcomes)
                db.executemany("UPDATE branch SET state = ?1 WHERE state = 'PREPARED' AND ?1 IN ('COMMITTED', 'ABORTED') AND id = ?2", outcomes)

class Server(socketserver.ThreadingMixIn, wsgi.WSGIServer): pass

threading.Thread(target=ask, daemon=True).start()
wsgi.make_server("127.0.0.1", PORT, service, Server).serve_forever()
