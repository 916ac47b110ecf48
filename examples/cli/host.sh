#!/bin/sh
# Runs the Salesforce connector with the wasmtime command: sh host.sh salesforce-connector.wasm
set -eu
component=$1

# The names of the settings; wasmtime takes their values from this environment.
settings() {
    env | sed -n 's/^\(SALESFORCE_[A-Z_]*\)=.*/--env \1/p'
}

# Calls a function, with arguments in WAVE. Each call is an instance of its own.
call() {
    wasmtime run -S http -W max-memory-size=268435456 $(settings) --invoke "$1" "$component"
}

# The value of a setting in an answer of `login`.
setting() {
    printf '%s' "$session" | sed -n "s/.*(\"$1\", \"\([^\"]*\)\").*/\1/p"
}

# The value of a name in JSON, in a WAVE string.
value() {
    sed -n "s/.*\\\\\"$1\\\\\": *\\\\\"\([^\\\\]*\)\\\\\".*/\1/p"
}

session=$(call 'login()')
echo "logged in by $(printf '%s' "$session" | value flow)"
# The session goes along, so that the next calls need no login.
SALESFORCE_ACCESS_TOKEN=$(setting SALESFORCE_ACCESS_TOKEN)
SALESFORCE_INSTANCE_URL=$(setting SALESFORCE_INSTANCE_URL)
export SALESFORCE_ACCESS_TOKEN SALESFORCE_INSTANCE_URL

created=$(call 'create("Account", "{\"Name\": \"Acme\"}", none)')
id=$(printf '%s' "$created" | value id)
echo "created $(printf '%s' "$created" | sed 's/ok({status: \([0-9]*\),.*/\1/')"

page=$(call "query(\"SELECT Name FROM Account WHERE Id = '$id'\", false, none)")
echo "found $(printf '%s' "$page" | value Name)"

# An answer that begins with `err` is a failure; wasmtime ends with 0 all the same.
refused=$(call 'create("Account", "{\"Nam\": \"Acme\"}", none)')
printf '%s' "$refused" |
    sed 's/err(\([a-z]*\)({code: "\([A-Z_]*\)".* applied: \([a-z]*\),.*/refused \1 \2 applied \3/'
echo

deleted=$(call "delete(\"Account\", \"$id\", none)")
echo "deleted $(printf '%s' "$deleted" | sed 's/ok({status: \([0-9]*\),.*/\1/')"
