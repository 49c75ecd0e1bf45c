"""NeMo-Gym's resources server quarry: put this folder at resources_servers/quarry. It becomes `quarry serve` (QUARRY, or from PATH) on the host and
port that Gym gives it; where there is none, the same in Python."""
from quarry.integrations.nemo_gym import serve

if __name__ == '__main__':
    serve()
