namespace Realtime.Bench.Load;

internal enum ConnectionPhase
{
    Closed,
    Connecting,
    Upgrading,
    Greeting,
    Subscribing,
    Open,
}
