"""The table at which a plan is negotiated: `rezone serve`. A server for one district, whose page draws, asks and sees
what it costs.

- `journal`: plans and every edit of them, in one file that only grows; `holding`: one server a folder.
- `state`: from the journal to a plan as it stands. `figures`: what that plan does, in words and numbers.
- `table`: the one object behind the routes. `routes`, `app`, `guard`: HTTP.

Nothing here computes what another room can: it is the engine with a face.
"""
