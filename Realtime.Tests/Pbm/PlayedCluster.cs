using System.Text.Json;
using Realtime.Messages.Operators;

namespace Realtime.Tests.Pbm;

/// <summary>A cluster of three nodes, one of them draining and one away, in the contract's own types.</summary>
internal static class PlayedCluster
{
    public static readonly DateTimeOffset At = new(2026, 3, 1, 22, 15, 30, 250, TimeSpan.Zero);

    public const string SessionId = "fzwKkdLoS1aQwaozVe4PEg";

    private static readonly StoreStatus Store = new("postgres db.internal/realtime", true, true, null);

    public static readonly NodeStatus Node1 = Node("node-1", "active", 1200, 2048, Live("serving", 340.5, 12_400, 8.25, 0));

    public static readonly NodeStatus Node2 = Node("node-2", "draining", 380, 900, Live("draining", 12, 3100, 21.5, 4));

    public static readonly NodeStatus Node3 = Node("node-3", "active", 0, 1148, null);

    public static readonly ClusterStatus Cluster = new(
        "node-1", true, "node-1", 3, "sure", Store, new ShardCounts(4096, 0, 2), [new MovesPause("node-1", 1800)],
        [
            new MemberStatus("node-1", "node", "akka://realtime@10.0.0.1:4053", "up", true, ["node-3"], true, 900, null, null),
            new MemberStatus("lighthouse-1", "lighthouse", "akka://realtime@10.0.0.9:4053", "up", true, [], false, 1200, 400, null),
            new MemberStatus("node-3", "node", "akka://realtime@10.0.0.3:4053", "up", false, [], false, 9_000, 8_000, "its row stands still"),
        ],
        [Node1, Node2, Node3], ["node-3"]);

    public static readonly IReadOnlyList<ShardMove> Moves = [new("session", 17, "node-2", "node-1"), new("channel", 18, "node-2", "node-1")];

    public static readonly ActionResult Begun = new(false, "node-2 gives its shards and connections away", []);

    public static readonly ActionResult Done = new(true, "done as asked", []);

    public static readonly SessionSummary Session = new(SessionId, "ada", "attached", "node-1", "node-2", 2, At);

    public static readonly SessionReport SessionReport = new(
        Session, 17, "3.1", "connection-812", null, ["theme"],
        [new SubscriptionReport("chat:lobby", "a1:40", "a1:45", 5, "catching-up", true), new SubscriptionReport("cursors:7", null, null, null, "live", false)],
        [new SessionEvent(At, "opened", "node-1", null), new SessionEvent(At.AddSeconds(5), "attached", "node-2", "number 3")]);

    public static readonly ChannelSummary Channel = new("chat:lobby", "node-1", "Journal", "a1:45", 2, 12, 3.5);

    public static readonly ChannelReport ChannelReport = new(
        Channel, 99, "a1:1", 2, [new ChannelSubscribers("node-1", 10, 0), new ChannelSubscribers("node-3", null, null)], [new ChannelMember(SessionId, "ada")]);

    public static readonly ChannelMessages Messages = new([Message("a1:44", "ada", """{"text":"hello"}"""), Message("a1:45", null, "42")], "a1:45", null);

    public static readonly LogPage Log = new([Line(41, "information", "Node ready"), Line(42, "warning", "Store is slow")], 42, 0);

    public static readonly EventPage Events = new([Event(1, "joined", "node-3", "node-3 joined"), Event(2, "shards-moved", "node-1", "12 shards moved from node-2")], 2, 0);

    public static readonly AuditPage Audit = new([new AuditEntry(At, "node-1", "key (ada@desk)", "127.0.0.1", "node.drain", "node-2", 200, null)], []);

    public static readonly ShardPage Shards = new(
        [new ShardStatus("session", 16, "node-1", null, "here", 3), new ShardStatus("session", 17, "node-2", "node-1", "moving", null), new ShardStatus("channel", 18, null, null, "free", null)], null);

    public static readonly ConfigurationReport Configuration = new("node-1", [new("Realtime:Node", "node-1"), new("Realtime:Auth:Issuer", "here")]);

    /// <summary>All of it; actions are done as asked.</summary>
    public static void Play(PlayedApi api)
    {
        api.Answer("GET cluster", Cluster);
        foreach (var node in Cluster.Nodes)
        {
            api.Answer($"GET nodes/{node.Name}", node);
            api.Answer($"GET nodes/{node.Name}/config", Configuration with { Node = node.Name });
            api.Answer($"GET nodes/{node.Name}/log", Log);
            api.Answer($"PUT nodes/{node.Name}/log/level", Done);
            foreach (var action in (string[])["drain", "undrain", "leave", "evict"])
            {
                api.Answer($"POST nodes/{node.Name}/{action}", Done);
            }
        }

        api.Answer("GET shards", Shards);
        api.Answer("GET shards/moves", Moves);
        api.Answer("GET shards/locate", new ShardLocation("channel", "chat:lobby", 99, "node-1"));
        api.Answer("POST shards/session/17/move", Begun);
        api.Answer("POST shards/session/18/move", Begun);
        api.Answer("POST shards/rebalance", Done);
        api.Answer("POST shards/pause", Done);
        api.Answer("POST shards/resume", Done);
        api.Answer("GET sessions", new SessionPage([Session], null, ["node-3"]));
        api.Answer($"GET sessions/{SessionId}", SessionReport);
        api.Answer($"POST sessions/{SessionId}/disconnect", Done);
        api.Answer("GET channels", new ChannelPage([Channel], null, []));
        api.Answer("GET channels/chat%3Alobby", ChannelReport);
        api.Answer("GET channels/chat%3Alobby/messages", Messages);
        api.Answer("POST channels/chat%3Alobby/messages", new OperatorActions.Published("a1:46"));
        api.Answer("GET events", Events);
        api.Answer("GET audit", Audit);
    }

    public static NodeStatus Node(string name, string status, int connections, int shards, NodeLive? live) =>
        new(name, 6, status, live is not null, $"10.0.0.{name[^1]}:9001", $"wss://{name}.example.com", 10_000, connections, shards - (shards / 2), shards / 2, live);

    public static NodeLive Live(string phase, double publishes, double deliveries, double? p99, int behind) => new(
        "0.1.0", phase, [], "sure", 93_784, 2100, 340, 512L << 20, 0.75, "information", Store,
        new NodeRates(publishes, deliveries, 2_500_000, 0.5, 0, p99 / 4, p99, behind, 4096),
        [new JournalStatus("channels", "closed", 4096, 12, 0, null, null), new JournalStatus("sessions", "open", 0, 0, 3, At, new JournalStatus.Failure("out-of-reach", "no route to host", At))],
        new DeadLetterStatus(3, "Terminated"));

    public static ClusterEvent Event(long number, string what, string? node, string text) => new(number, At.AddSeconds(number), what, node, text);

    public static LogLine Line(long number, string level, string text) => new(number, At.AddSeconds(number), level, "Realtime.Node.Hosting", 1, text, null);

    public static ChannelMessages.Item Message(string position, string? user, string json) => new(position, At, user, JsonDocument.Parse(json).RootElement);
}
