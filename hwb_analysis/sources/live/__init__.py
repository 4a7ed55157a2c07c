"""Fresh figures from the publishers' services; needs the extra ``live`` (httpx, stamina).

The snapshot serves every report. These modules build the next one, and are loaded by
nothing else.
"""
