using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Namespaces;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Persistence;

namespace Realtime.Node.Operations.Answers;

/// <summary>
/// Who holds what, and where something lives. Sessions and channels have shards of their own, numbered alike; what is said of one number is said of the shard of sessions, and what is
/// in memory is counted by the nodes that hold the shards.
/// </summary>
internal sealed class ShardAnswers(OperatorServices services, Peers peers)
{
    private const string Here = "here";
    private const string Moving = "moving";
    private const string Free = "free";

    public Task<OperatorReply> MapAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var names = peers.Names;
        var owners = Enumerable.Range(0, EntityShards.Count).Select(shard => Owner(EntityKind.Session, shard) is { } owner ? IndexOf(names, owner) : -1);
        var map = new ShardMapReport(0, names, [.. owners], Moves(), []);
        return Task.FromResult(OperatorReply.Ok(map, OperatorJson.Default.ShardMapReport) with { Tag = TagOf(map) });
    }

    public Task<OperatorReply> MovesAsync(OperatorQuestion question, CancellationToken cancellation) =>
        Task.FromResult(OperatorReply.Ok(Moves(), OperatorJson.Default.ShardMoveArray));

    public async Task<OperatorReply> ListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var node = question.Text("node");
        if (node is not null)
        {
            peers.Node(node);
        }

        var state = question.OneOf("state", Here, Moving, "held", Free);
        var after = question.Number("after", 0, int.MaxValue) ?? -1;
        var limit = question.Limit(OperatorQuestion.MostLimit);
        var shards = await StatusesAsync(question, cancellation).ConfigureAwait(false);
        var wanted = shards.Where(shard => shard.Shard > after && (node is null || shard.Owner == node) && (state is null || shard.State == state)).Take(limit + 1).ToList();
        var page = wanted.Take(limit).ToList();
        return OperatorReply.Ok(
            new ShardPage(0, page, wanted.Count > limit ? page[^1].Shard.ToString(CultureInfo.InvariantCulture) : null), OperatorJson.Default.ShardPage);
    }

    public async Task<OperatorReply> ShardAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var shard = Parse(question.Arguments[0]);
        return OperatorReply.Ok((await StatusesAsync(question, cancellation).ConfigureAwait(false))[shard.Value], OperatorJson.Default.ShardStatus);
    }

    public Task<OperatorReply> LocateAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var location = (question.Text("session"), question.Text("channel")) switch
        {
            ({ } text, null) when OperatorQuestion.Session(text) is var session =>
                new ShardLocation("session", session.ToString(), EntityShards.Number(EntityIds.Of(session)), Owner(EntityKind.Session, EntityShards.Number(EntityIds.Of(session)))),
            (null, { } text) when Known(OperatorQuestion.Channel(text)) is var channel =>
                new ShardLocation("channel", channel.Value, EntityShards.Number(EntityIds.Of(channel)), Owner(EntityKind.Channel, EntityShards.Number(EntityIds.Of(channel)))),
            _ => throw new QuestionRefusedException(Subjects.NotOne()),
        };
        return Task.FromResult(OperatorReply.Ok(location, OperatorJson.Default.ShardLocation));
    }

    /// <summary>What of this node's shards is in memory.</summary>
    public async Task<OperatorReply> OwnCountsAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var node = services.Node();
        var counting = (Sessions: Residents.CountAsync(node.Sessions, cancellation), Channels: Residents.CountAsync(node.Channels, cancellation));
        return await counting.Sessions.ConfigureAwait(false) is { } sessions && await counting.Channels.ConfigureAwait(false) is { } channels
            ? OperatorReply.Ok(new EntityCounts(sessions.All, channels.All), MemberJson.Default.EntityCounts)
            : OperatorReply.Unavailable("The shards are too busy to answer.");
    }

    /// <summary>Free: not needed yet, or on its way.</summary>
    public ShardCounts Counts() => new(
        EntityShards.Count,
        Enumerable.Range(0, EntityShards.Count).Count(shard => Owner(EntityKind.Session, shard) is null),
        services.Cluster().Plans.Current.Moves.Select(move => move.Shard).Distinct().Count(),
        Held: 0);

    /// <summary>For how long no shard moves for balance alone; null: they do.</summary>
    public int? PausedSeconds() =>
        (services.Cluster().Plans.Current.PausedUntilMs - services.Time.GetUtcNow().ToUnixTimeMilliseconds()) is > 0 and var left ? (int)Math.Ceiling(left / 1000.0) : null;

    public ShardId Parse(string text) => Subjects.TryShard(text, out var shard) ? shard : throw new QuestionRefusedException(Subjects.NoShard(text));

    /// <summary>Of a namespace that there is. A lighthouse has none: nodes know.</summary>
    public ChannelName Known(ChannelName channel) => services.IsLighthouse || services.Namespaces.TryFind(channel, out _)
        ? channel
        : throw new QuestionRefusedException(OperatorReply.NotFound($"There is no channel '{channel}': {NamespaceTable.Missing(channel)}.", "channel"));

    private async Task<List<ShardStatus>> StatusesAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var gathered = await peers.GatherAsync(question.Inside("counts"), OwnCountsAsync, MemberJson.Default.EntityCounts, cancellation).ConfigureAwait(false);
        var counts = gathered.Answers.ToDictionary(said => said.Node.Name, said => said.Answer);
        var moves = services.Cluster().Plans.Current.Moves.ToLookup(move => move.Shard.Value);
        return [.. Enumerable.Range(0, EntityShards.Count).Select(number =>
        {
            var name = number.ToString(CultureInfo.InvariantCulture);
            var owner = Owner(EntityKind.Session, number);
            var target = moves[number].FirstOrDefault()?.Target.Name;
            return new ShardStatus(
                number,
                owner,
                target ?? owner,
                owner is null ? Free : target is not null ? Moving : Here,
                owner is not null && counts.TryGetValue(owner, out var said) ? Of(said.Sessions, name) : null,
                Owner(EntityKind.Channel, number) is { } holder && counts.TryGetValue(holder, out var told) ? Of(told.Channels, name) : null);
        })];
    }

    /// <summary>A shard that was never needed holds nothing.</summary>
    private static int? Of(IReadOnlyDictionary<string, int?> counts, string shard) => counts.TryGetValue(shard, out var count) ? count : 0;

    /// <summary>A node that is alone gives every shard a place as soon as it is needed.</summary>
    public string? Owner(EntityKind kind, int shard) =>
        services.Cluster().IsShared ? services.Cluster().Map.Current.OwnerOf(kind, new ShardId(shard))?.Node?.Name : services.Self.Name;

    private ShardMove[] Moves() =>
    [
        .. services.Cluster().Plans.Current.Moves
            .Select(move => new ShardMove(move.Shard.Value, Owner(move.Kind, move.Shard.Value) ?? "", move.Target.Name, Moving, 0))
            .DistinctBy(move => move.Shard),
    ];

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }

    private static string TagOf(ShardMapReport map) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(map, OperatorJson.Default.ShardMapReport)).AsSpan(0, 16))}\"";
}
