using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Kernel;
using Realtime.Node.Auth;
using Realtime.Node.Channels;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Gateway;
using Realtime.Node.Namespaces;
using Realtime.Tests.Routing;
using Realtime.Tests.Support;

namespace Realtime.Tests.Connections;

/// <summary>Connections and their mover, real ones, in a cluster whose view is the test's; the peers take one client in a second.</summary>
internal sealed class MoverRig : IDisposable
{
    private readonly TimerQueue _timers;

    public MoverRig()
    {
        var log = new ConnectionLogging(NullLogger<ConnectionLogging>.Instance);
        var policy = new AdmissionPolicy { Resumes = 1, ResumeBurst = 1 };
        var namespaces = new NamespaceTable([new NamespacePolicy("default")]);
        _timers = new TimerQueue(Clock);
        var admission = new Admission(policy, TimeSpan.FromSeconds(2), Cluster.Self, Tickets, Clock, new Random(1), NullLogger.Instance);
        Relay = new Relay(Cluster, namespaces, new ListenerLedger(Cluster, new ChannelLogging(NullLogger<ChannelLogging>.Instance)), _timers, Clock, log);
        Registry = new ConnectionRegistry(
            new ConnectionSetup(Cluster.Self, new ConnectionPolicy(), namespaces, new NoTokenVerifier(), new ResumeTokens(new Dictionary<byte, byte[]> { [1] = new byte[32] }))
            {
                Arrivals = admission,
            },
            Cluster, Relay, Clock, log);
        Mover = new Mover(Registry, Cluster, Tickets, admission, policy, TimeSpan.FromSeconds(2), Clock, NullLogger.Instance);
    }

    public ManualClock Clock { get; } = new();

    public ViewedCluster Cluster { get; } = new(Views.Of(1, Views.Node(1)));

    public ConnectTickets Tickets { get; } = new(new Dictionary<byte, byte[]> { [1] = new byte[32] });

    public Relay Relay { get; }

    public ConnectionRegistry Registry { get; }

    public Mover Mover { get; }

    public void Dispose()
    {
        Mover.Dispose();
        Registry.Dispose();
        _timers.Dispose();
    }

    public async Task<(Connection, FakeLink)> ConnectAsync()
    {
        var link = new FakeLink();
        var connection = Registry.Open(link);
        await connection.ReceiveAsync(Encoding.UTF8.GetBytes("""{"type":"hello","id":1}"""));
        await FrameAsync(link, "welcome");
        await UntilAsync(() => !connection.Session.IsNone, "the connection to stand for its session");
        return (connection, link);
    }

    public async Task GoAsync(Connection connection)
    {
        var before = Registry.Count;
        connection.LinkLost();
        await UntilAsync(() => Registry.Count < before, "the connection to be gone");
    }

    public static async Task<JsonObject> FrameAsync(FakeLink link, string type)
    {
        JsonObject? found = null;
        await UntilAsync(
            () => (found = link.Messages.SelectMany(Frames).FirstOrDefault(frame => (string?)frame["type"] == type)) is not null, $"a frame '{type}'");
        return found!;
    }

    private static IEnumerable<JsonObject> Frames(string text) =>
        JsonNode.Parse(text) is JsonArray many ? many.Select(node => node!.AsObject()) : [JsonNode.Parse(text)!.AsObject()];

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        async Task WaitAsync()
        {
            // False once the deadline has passed and the timer is gone.
            while (!condition() && await tick.WaitForNextTickAsync())
            {
            }
        }

        await WaitAsync().Within(what);
    }
}
