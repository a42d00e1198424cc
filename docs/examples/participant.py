"""A participant of Assent without the SDK: a stock of 100 bolts in SQLite.  participant.py PORT COORDINATORS DATABASE"""
import contextlib, http.server, itertools, json, sqlite3, sys, threading, time, urllib.request

ME, PORT, COORDINATORS, JSON = "stock", int(sys.argv[1]), sys.argv[2].split(","), {"Content-Type": "application/json"}
lock, db = threading.Lock(), sqlite3.connect(sys.argv[3], check_same_thread=False)
db.executescript("""PRAGMA synchronous = EXTRA; PRAGMA locking_mode = EXCLUSIVE; -- outlives a power cut; one process
    CREATE TABLE IF NOT EXISTS branch(id PRIMARY KEY, state DEFAULT 'WORKING', bolts DEFAULT 0, calls DEFAULT 0, term DEFAULT 0)""")

def recall(id):  # as it was left, or as new
    return list(db.execute("INSERT INTO branch(id) VALUES (?) ON CONFLICT(id) DO UPDATE SET id = id RETURNING state, calls, term", (id,)))[0]

def stock():  # the branches are the books: bolts are taken from the first call on, unless their branch is aborted
    bolts = dict(db.execute("SELECT state, sum(bolts) FROM branch WHERE state <> 'ABORTED' GROUP BY state"))
    return {"free": 100 - sum(bolts.values()), "sold": bolts.get("COMMITTED", 0)}

def reserve(id, quantity):  # the business call; a refusal that did nothing carries no Assent-Branch
    state, calls, _ = recall(id)
    over = {"PREPARED": "branch-prepared", "COMMITTED": "transaction-over", "ABORTED": "transaction-over"}.get(state)
    if over or not 0 < quantity <= stock()["free"]:
        return 409, {"type": "urn:assent:problem:" + over} if over else {"title": "Not enough in stock"}, {}
    db.execute("UPDATE branch SET bolts = bolts + ?, calls = calls + 1 WHERE id = ?", (quantity, id))
    return 200, {}, {"Assent-Branch": f'"{ME}";endpoint="http://127.0.0.1:{PORT}/assent";calls={calls + 1}'}

def answer(message, reply=None):  # what is remembered decides; without a reply the message will come again
    id, kind, (state, calls, term) = message["transaction"], message["type"], recall(message["transaction"])
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

class Service(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
        with lock, db:  # one local transaction, on the disk before anybody is told
            status, result, headers = 200, stock(), {}
            if "messages" in body:
                result = {"replies": list(filter(None, (answer(m) for m in body["messages"] if m["branch"] == ME)))}
            elif "quantity" in body:
                status, result, headers = reserve(self.headers["Assent-Transaction"], body["quantity"])
        self.send_response(status)
        for header in {**JSON, "Connection": "close", **headers}.items():
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(json.dumps(result).encode())
    do_GET = do_POST

def ask():  # who hears nothing asks any coordinator, again and again, and so after a restart
    for url in itertools.cycle(COORDINATORS):
        time.sleep(1)
        with lock:
            ids = db.execute("SELECT id FROM branch WHERE state IN ('WORKING', 'PREPARED') ORDER BY random() LIMIT 1000").fetchall()
        question = json.dumps({"branches": [{"transaction": id, "branch": ME} for id, in ids]}).encode()
        call = urllib.request.Request(url + "/v1/outcomes/lookup", question, JSON)
        with contextlib.suppress(OSError), urllib.request.urlopen(call, timeout=5) as told:  # or the next one answers
            outcomes = json.load(told)["outcomes"]
            with lock, db:  # when nobody knows any more (EXPIRED), who has not voted leaves, and who has stays
                db.executemany("""UPDATE branch SET state = CASE state WHEN 'WORKING' THEN 'ABORTED' ELSE :outcome END WHERE id = :transaction
                    AND (state = 'WORKING' AND :outcome <> 'PENDING' OR state = 'PREPARED' AND :outcome IN ('COMMITTED', 'ABORTED'))""", outcomes)

threading.Thread(target=ask, daemon=True).start()
http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Service).serve_forever()
