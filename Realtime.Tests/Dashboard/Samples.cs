using System.Text.Json;
using Realtime.Messages.Operators;
using static Realtime.Messages.Operators.OperatorJson;

namespace Realtime.Tests.Dashboard;

/// <summary>A small cluster to look at: three nodes with 1,500 connections each, 256 shards of each kind by turns.</summary>
internal static class Samples
{
    public const int Shards = 256;

    public const string Session = "AAAAAAAAAAAAAAAAAAAAAQ";

    public static DateTimeOffset At { get; } = new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero);

    public static string[] Names { get; } = ["node-a", "node-b", "node-c"];

    public static StoreStatus Store { get; } = new("PostgreSQL db/realtime", true, true, null);

    public static JournalStatus[] Journals { get; } =
    [
        new("channels", "closed", 4096, 12, 0, null, null),
        new("sessions", "closed", 0, 0, 3, null, new JournalStatus.Failure("out-of-reach", "timeout", At)),
    ];

    /// <summary>Everything that the pages ask for.</summary>
    /// <param name="evil">Put into whatever other people have named or written.</param>
    public static void LayOut(OperatorStand stand, string evil = "")
    {
        string[] names = [.. Names.Select(name => name + evil)];
        Cluster(stand, [.. names.Select(name => Node(name))]);
        Map(stand, names, [.. Enumerable.Range(0, Shards).Select(shard => shard % names.Length)]);
        stand.Answer("GET shards/channel/255", new ShardStatus("channel", 255, names[0], null, "here", 12), Default.ShardStatus);
        var channel = new ChannelSummary("chat:room" + evil, names[1], "Journal", "k3f9:900", 2, 1, 12.5);
        var session = new SessionSummary(Session, "ada" + evil, "attached", names[0], names[1], 2, At);
        stand.Answer("GET sessions", new SessionPage([session], null, []), Default.SessionPage);
        stand.Answer("GET channels", new ChannelPage([channel], null, []), Default.ChannelPage);
        stand.Answer("GET sessions?user=ada", new SessionPage([session], null, []), Default.SessionPage);
        stand.Answer("GET sessions?user=chat:room", new SessionPage([], null, []), Default.SessionPage);
        stand.Answer("GET channels?prefix=ada", new ChannelPage([], null, []), Default.ChannelPage);
        stand.Answer("GET channels?prefix=chat:room", new ChannelPage([channel], null, []), Default.ChannelPage);
        stand.Answer("GET sessions/" + Session, new SessionReport(
            session, 17, "1.2", "4711", null, ["theme" + evil],
            [new SubscriptionReport(channel.Name, "k3f9:859", "k3f9:900", 41, "catching-up", true), new SubscriptionReport("cursors:room", null, null, null, "live", false)],
            [new SessionEvent(At, "opened", names[0], null), new SessionEvent(At.AddMinutes(1), "moved", names[1], "handed off" + evil)]), Default.SessionReport);
        stand.Answer("GET channels/" + channel.Name, new ChannelReport(channel, 205, "k3f9:0", 0, [new ChannelSubscribers(names[0], 140, 4)], [new ChannelMember(Session, "ada" + evil)]), Default.ChannelReport);
        using var data = JsonDocument.Parse(JsonSerializer.Serialize(new Dictionary<string, string> { ["text"] = "hello" + evil }));
        stand.Answer($"GET channels/{channel.Name}/messages", new ChannelMessages([new ChannelMessages.Item("k3f9:900", At, "ada" + evil, data.RootElement)], "k3f9:900", null), Default.ChannelMessages);
        stand.Answer("GET events", new EventPage([new ClusterEvent(1, At, "joined", names[2], names[2] + " joined")], 1, 0), Default.EventPage);
        stand.Answer("GET audit", new AuditPage([new AuditEntry(At, names[0], "key" + evil, "10.0.0.7", "node.drain", names[2], 409, "refused" + evil)], []), Default.AuditPage);
        stand.Answer($"GET nodes/{names[0]}/log", new LogPage([new LogLine(1, At, "error", "Realtime.Node.Connections" + evil, 4002, "Connection 17 failed" + evil, "IOException: reset" + evil)], 1, 0), Default.LogPage);
        stand.Answer($"GET nodes/{names[0]}/config", new ConfigurationReport(names[0], [new ConfigurationReport.Setting("Realtime:Operator:Key", "***")]), Default.ConfigurationReport);
    }

    public static void Cluster(OperatorStand stand, IReadOnlyList<NodeStatus> nodes, StoreStatus? store = null, params IReadOnlyList<MovesPause> paused) =>
        stand.Answer("GET cluster", new ClusterStatus(
            nodes[0].Name, true, nodes[0].Name, 1, "sure", store ?? Store, new ShardCounts(2 * Shards, 0, 0), paused, Members(nodes), nodes, []), Default.ClusterStatus);

    /// <summary>The same as a lighthouse tells it.</summary>
    public static void Lighthouse(OperatorStand stand)
    {
        NodeStatus[] nodes = [.. Names.Select(name => Node(name))];
        stand.Answer(
            "GET cluster",
            new ClusterStatus("lighthouse", true, Names[0], 1, "watching", Store, new ShardCounts(2 * Shards, 0, 0), [], Members(nodes), nodes, []),
            Default.ClusterStatus);
    }

    public static MemberStatus[] Members(IReadOnlyList<NodeStatus> nodes) =>
    [
        .. nodes.Select(node => new MemberStatus(node.Name, "node", $"akka://realtime@{node.Name}:4053", "up", true, [], node == nodes[0], 900, node == nodes[0] ? null : 400, null)),
        new MemberStatus("lighthouse", "lighthouse", "akka://realtime@lighthouse:4053", "up", true, [], false, 1_200, 300, null),
    ];

    public static void Map(OperatorStand stand, IReadOnlyList<string> names, IReadOnlyList<int> owners) =>
        stand.Answer("GET shards/map", new ShardMapReport(names, owners, [.. owners.Reverse()], []), Default.ShardMapReport);

    public static NodeStatus Node(string name, string status = "active", int shards = 170, int connections = 1500) => new(
        name, 4, status, true, "10.0.3.1:5200", "wss://n.example.com", 8000, connections, shards - (shards / 2), shards / 2,
        new NodeLive(
            "0.1.0", status == "active" ? "serving" : status, [], "sure", 90_000, 1600, 300, 412_000_000, 0.42, "information", Store,
            new NodeRates(250, 9_000, 2_000_000, 0, 0, 2.1, 9.5, 0, 18_000), Journals, new DeadLetterStatus(3, "Terminated")));
}
