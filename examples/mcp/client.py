"""Calls tools of an MCP server: python client.py SERVER [ARGUMENT]..."""

import asyncio, json, os, sys

from mcp import Client, StdioServerParameters


async def calls(server, mode):
    async with Client(server, mode=mode) as client:
        print("protocol", client.protocol_version, "of", client.server_info.name)
        tools = {tool.name: tool.annotations for tool in (await client.list_tools()).tools}
        for name in ("QUERY", "CREATE", "DELETE"):
            print(name, "reads" if tools[name].read_only_hint else "changes")

        account = {"SObjectName": "Account", "salesforcePayload": {"Name": "Acme"}}
        created = await client.call_tool("CREATE", account)
        print("created", created.structured_content["salesforceStatus"])
        id = json.loads(created.structured_content["salesforceResult"])["id"]
        soql = f"SELECT Name FROM Account WHERE Id = '{id}'"
        page = await client.call_tool("QUERY", {"salesforceQuery": soql})
        page = json.loads(page.structured_content["salesforceResult"])
        print("found", page["records"][0]["Name"])

        refused = {"SObjectName": "Account", "salesforcePayload": {"Nam": "Acme"}}
        refused = await client.call_tool("CREATE", refused)
        why = json.loads(refused.content[0].text)
        if refused.is_error:
            print("refused", why["kind"], why["code"], "applied", why["applied"])
        deleted = await client.call_tool("DELETE", {"SObjectName": "Account", "SObjectId": id})
        print("deleted", deleted.structured_content["salesforceStatus"])


# A server gets no environment but what it is given.
settings = {name: value for name, value in os.environ.items() if name.startswith("SALESFORCE_")}
command, *arguments = sys.argv[1:]
server = StdioServerParameters(command=command, args=arguments, env=settings)
# The two ways to begin: by asking what the server can do, and by a handshake.
for mode in ("auto", "legacy"):
    asyncio.run(calls(server, mode))
