#!/bin/sh
# One transaction with curl alone.  order.sh COORDINATOR STOCK [commit|abort]
set -eu
coordinator=$1 stock=$2 ending=${3:-commit}
json='Content-Type: application/json'

# 1. Begin: the answer names the transaction.
id=$(curl -fsS -X POST "$coordinator/v1/transactions" -H "$json" -d '{"name":"order","timeout":"PT20S"}' |
    sed 's/.*"id":"\([^"]*\)".*/\1/')

# 2. Call the participant with the transaction in a header; its answer names the branch in Assent-Branch.
curl -fsS -X POST "$stock/reserve" -H "$json" -H "Assent-Transaction: $id" -d '{"quantity":3}' >/dev/null

# 3. Commit exactly what was seen: one participant, one answered call. Or abort.
if [ "$ending" = commit ]; then
    body='{"branches":[{"participant":"stock","endpoint":"'$stock'/assent","calls":1}]}'
else
    body='{"message":"changed my mind"}'
fi
curl -sS -X POST "$coordinator/v1/transactions/$id/$ending" -H "$json" -d "$body"
echo

# 4. Anybody may ask what came of it, now or tomorrow.
curl -sS "$coordinator/v1/transactions/$id"
echo
