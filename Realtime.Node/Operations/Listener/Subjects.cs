using System.Globalization;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;

namespace Realtime.Node.Operations.Listener;

/// <summary>What questions are about, read from what operators wrote, and what to say where there is no such thing: the same words wherever they ask.</summary>
public static class Subjects
{
    public static bool TryShard(string text, out ShardId shard)
    {
        var known = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < EntityShards.Count;
        shard = new ShardId(known ? number : 0);
        return known;
    }

    public static bool TryKind(string text, out EntityKind kind)
    {
        kind = text is "channel" ? EntityKind.Channel : EntityKind.Session;
        return text is "session" or "channel";
    }

    public static OperatorReply NoKind(string text) => OperatorReply.NotFound($"There are no shards of '{text}'. Shards are of kind session or channel.", "kind");

    public static OperatorReply NoShard(string text) =>
        OperatorReply.NotFound($"There is no shard '{text}'. Shards are numbered from 0 to {EntityShards.Count - 1}.", "shard");

    public static OperatorReply NoNode(IReadOnlyList<string> nodes, string name, string field = "node") =>
        OperatorReply.NotFound($"There is no node '{name}'. Nodes: {string.Join(", ", nodes)}.", field);

    public static OperatorReply NoSession(string field = "session") =>
        OperatorReply.BadRequest("This is not the id of a session: 22 characters of base64url. (A resume token is something else, and a secret.)", field);

    /// <param name="fault">What <see cref="ChannelName.TryParse"/> says of it.</param>
    public static OperatorReply NoChannel(string text, string? fault, string field = "channel") =>
        OperatorReply.BadRequest($"'{text}' is not the name of a channel: {fault}.", field);

    /// <summary>Of the question where something lives.</summary>
    public static OperatorReply NotOne() => OperatorReply.BadRequest("Either session or channel is needed, and not both.", "session");
}
