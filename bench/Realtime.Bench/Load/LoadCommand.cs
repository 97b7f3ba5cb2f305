using System.Text.Json.Serialization;
using Realtime.Bench.Churn;

namespace Realtime.Bench.Load;

/// <summary>What the coordinator tells a load process, one JSON line each. Times are nanoseconds of the machine's monotonic clock.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(Connect), "connect")]
[JsonDerivedType(typeof(StopReading), "stop")]
[JsonDerivedType(typeof(Measure), "measure")]
[JsonDerivedType(typeof(PublishByWindow), "window")]
[JsonDerivedType(typeof(PublishByRate), "rate")]
[JsonDerivedType(typeof(PublishByAck), "acked")]
[JsonDerivedType(typeof(PeerDone), "peer")]
[JsonDerivedType(typeof(Collect), "collect")]
[JsonDerivedType(typeof(Resume), "resume")]
[JsonDerivedType(typeof(Disconnect), "disconnect")]
[JsonDerivedType(typeof(Follow), "follow")]
[JsonDerivedType(typeof(PublishSteadily), "steadily")]
[JsonDerivedType(typeof(Nodes), "nodes")]
[JsonDerivedType(typeof(Mark), "mark")]
[JsonDerivedType(typeof(Look), "look")]
[JsonDerivedType(typeof(Settle), "settle")]
internal abstract record LoadCommand
{
    private LoadCommand()
    {
    }

    /// <summary>
    /// Opens connections, at most <paramref name="Concurrency"/> in their handshake at a time, and answers when all are subscribed or the time
    /// is up.
    /// </summary>
    internal sealed record Connect(
        Role Role, int Count, int[] Ports, string[] Channels, int Concurrency, int ReceiveBuffer, bool SubscribeSeparately, int Seconds)
        : LoadCommand;

    /// <summary>The connections with role <see cref="Role.Stopped"/> never read again; they go on sending a pong now and then, so that they do not count as dead.</summary>
    internal sealed record StopReading : LoadCommand;

    /// <summary>
    /// Forgets earlier counts; counts deliveries between the two moments, and (if asked) latencies of what is published between them. The process that
    /// publishes waits for <paramref name="Peers"/> others; those report their progress.
    /// </summary>
    internal sealed record Measure(long From, long Until, bool Latency, int Peers, bool ReportProgress) : LoadCommand;

    internal sealed record PublishByWindow(string Channel, int Bytes, int Window, long Until) : LoadCommand;

    internal sealed record PublishByRate(string Channel, int Bytes, double PerSecond, long Until) : LoadCommand;

    /// <summary>Every publisher keeps <paramref name="Window"/> publishes unanswered.</summary>
    internal sealed record PublishByAck(int Bytes, int Window, bool Sequenced, long From, long Until) : LoadCommand;

    /// <summary>Another load process has seen everything up to <paramref name="Message"/> at all its subscribers.</summary>
    internal sealed record PeerDone(int Peer, long Message) : LoadCommand;

    internal sealed record Collect : LoadCommand;

    /// <summary>Drops what is left of the subscribers' sockets and resumes their sessions on new ones.</summary>
    internal sealed record Resume(int Concurrency, int Seconds) : LoadCommand;

    /// <summary>Closes everything, with a <c>bye</c> first if the sessions shall end too.</summary>
    internal sealed record Disconnect(bool Bye) : LoadCommand;

    /// <summary>
    /// Opens sessions that live as the protocol wants it: they follow <c>move</c>, and come back after a loss. One publisher for each channel
    /// beside them. Answered when all are subscribed or the time is up.
    /// </summary>
    /// <param name="PublisherPorts">The nodes that publishers begin on.</param>
    /// <param name="PublishersStay">They stay where they are when they are asked to move.</param>
    /// <param name="Gateway">Port of the lighthouse that <see cref="WayBack.Gateway"/> asks.</param>
    internal sealed record Follow(
        int Sessions, int[] Ports, int[] PublisherPorts, bool PublishersStay, WayBack Way, int Gateway, string[] Channels, int Concurrency, int Seconds)
        : LoadCommand;

    /// <summary>Publishes to all channels in turn until the load settles.</summary>
    internal sealed record PublishSteadily(double PerSecond, int Bytes) : LoadCommand;

    /// <summary>Where sessions may come back to: what a load balancer would know.</summary>
    internal sealed record Nodes(int[] Ports) : LoadCommand;

    /// <summary>Begins a measurement of followed sessions: what was counted is forgotten, what was checked is not.</summary>
    internal sealed record Mark : LoadCommand;

    internal sealed record Look : LoadCommand;

    /// <summary>Stops publishing; answers when every publish is acknowledged and every session has all of it, or the time is up.</summary>
    internal sealed record Settle(int Seconds) : LoadCommand;
}
