using System.Security.Cryptography;
using System.Text.Json;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Namespaces;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Persistence;

namespace Realtime.Node.Operations.Answers;

/// <summary>Who holds what, and where something lives. What is in memory is counted by the nodes that hold the shards.</summary>
internal sealed class ShardAnswers(OperatorServices services, Peers peers)
{
    private const string Here = "here";
    private const string Moving = "moving";
    private const string Free = "free";

    public Task<OperatorReply> MapAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var names = peers.Names;
        var indexes = names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        var map = new ShardMapReport(names, Owners(EntityKind.Session), Owners(EntityKind.Channel), Moves());
        return Task.FromResult(OperatorReply.Ok(map, OperatorJson.Default.ShardMapReport) with { Tag = TagOf(map) });

        int[] Owners(EntityKind kind) => [.. Numbers.Select(shard => Owner(kind, shard) is { } owner ? indexes.GetValueOrDefault(owner, -1) : -1)];
    }

    public Task<OperatorReply> MovesAsync(OperatorQuestion question, CancellationToken cancellation) =>
        Task.FromResult(OperatorReply.Ok(Moves(), OperatorJson.Default.ShardMoveArray));

    public async Task<OperatorReply> ListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var kind = question.Text("kind") is { } named ? Kind(named) : (EntityKind?)null;
        var node = question.Text("node") is { } name ? peers.Node(name).Name : null;
        var state = question.OneOf("state", Here, Moving, Free);
        var after = question.Text("after") is { } text ? After(text) : -1;
        var limit = question.Limit(OperatorQuestion.MostLimit);
        var counts = await CountsAsync(question, cancellation).ConfigureAwait(false);
        var wanted = ShardKinds.All
            .Where(one => kind is null || kind == one)
            .SelectMany(one => Numbers.Select(shard => (Kind: one, Shard: shard)))
            .Where(one => Place(one.Kind, one.Shard) > after)
            .Select(one => Status(one.Kind, one.Shard, counts))
            .Where(shard => (node is null || shard.Owner == node) && (state is null || shard.State == state))
            .Take(limit + 1)
            .ToList();
        var page = wanted.Take(limit).ToList();
        return OperatorReply.Ok(new ShardPage(page, wanted.Count > limit ? $"{page[^1].Kind}/{page[^1].Shard}" : null), OperatorJson.Default.ShardPage);
    }

    public async Task<OperatorReply> ShardAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var (kind, shard) = Parse(question);
        return OperatorReply.Ok(Status(kind, shard.Value, await CountsAsync(question, cancellation).ConfigureAwait(false)), OperatorJson.Default.ShardStatus);
    }

    public Task<OperatorReply> LocateAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var (kind, name, id) = (question.Text("session"), question.Text("channel")) switch
        {
            ({ } text, null) when OperatorQuestion.Session(text) is var session => (EntityKind.Session, session.ToString(), EntityIds.Of(session)),
            (null, { } text) when Known(OperatorQuestion.Channel(text)) is var channel => (EntityKind.Channel, channel.Value, EntityIds.Of(channel)),
            _ => throw new QuestionRefusedException(Subjects.NotOne()),
        };
        var shard = EntityShards.Number(id);
        return Task.FromResult(OperatorReply.Ok(new ShardLocation(kind.Name(), name, shard, Owner(kind, shard)), OperatorJson.Default.ShardLocation));
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

    public ShardCounts Counts() => new(
        ShardKinds.All.Count * EntityShards.Count,
        ShardKinds.All.Sum(kind => Numbers.Count(shard => Owner(kind, shard) is null)),
        services.Cluster().Plans.Current.Moves.Count());

    /// <summary>For how long no shard moves for balance alone; null: they do.</summary>
    public int? PausedSeconds() =>
        (services.Cluster().Plans.Current.PausedUntilMs - services.Time.GetUtcNow().ToUnixTimeMilliseconds()) is > 0 and var left ? (int)Math.Ceiling(left / 1000.0) : null;

    /// <summary>The shard that a path names by its first two arguments.</summary>
    public static (EntityKind Kind, ShardId Shard) Parse(OperatorQuestion question)
    {
        var kind = Subjects.TryKind(question.Arguments[0], out var known) ? known : throw new QuestionRefusedException(Subjects.NoKind(question.Arguments[0]));
        return Subjects.TryShard(question.Arguments[1], out var shard) ? (kind, shard) : throw new QuestionRefusedException(Subjects.NoShard(question.Arguments[1]));
    }

    /// <summary>Of a namespace that there is. A lighthouse has none: nodes know.</summary>
    public ChannelName Known(ChannelName channel) => services.IsLighthouse || services.Namespaces.TryFind(channel, out _)
        ? channel
        : throw new QuestionRefusedException(OperatorReply.NotFound($"There is no channel '{channel}': {NamespaceTable.Missing(channel)}.", "channel"));

    /// <summary>A node that is alone gives every shard a place as soon as it is needed.</summary>
    public string? Owner(EntityKind kind, int shard) =>
        services.Cluster().IsShared ? services.Cluster().Map.Current.OwnerOf(kind, new ShardId(shard))?.Node?.Name : services.Self.Name;

    private static IEnumerable<int> Numbers => Enumerable.Range(0, EntityShards.Count);

    private async Task<Dictionary<string, EntityCounts>> CountsAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var gathered = await peers.GatherAsync(question.Inside("counts"), OwnCountsAsync, MemberJson.Default.EntityCounts, cancellation).ConfigureAwait(false);
        return gathered.Answers.ToDictionary(said => said.Node.Name, said => said.Answer);
    }

    private ShardStatus Status(EntityKind kind, int shard, Dictionary<string, EntityCounts> counts)
    {
        var owner = Owner(kind, shard);
        var target = services.Cluster().Plans.Current.TargetOf(kind, new ShardId(shard))?.Name;
        return new ShardStatus(
            kind.Name(),
            shard,
            owner,
            target,
            owner is null ? Free : target is not null && target != owner ? Moving : Here,
            owner is not null && counts.TryGetValue(owner, out var said) ? said.Of(kind, shard) : null);
    }

    private ShardMove[] Moves() =>
    [
        .. services.Cluster().Plans.Current.Moves
            .Select(move => new ShardMove(move.Kind.Name(), move.Shard.Value, Owner(move.Kind, move.Shard.Value), move.Target.Name)),
    ];

    private static int Place(EntityKind kind, int shard) => ((int)kind * EntityShards.Count) + shard;

    private static EntityKind Kind(string text) => Subjects.TryKind(text, out var kind) ? kind : throw OperatorQuestion.Bad("kind must be session or channel.", "kind");

    private static int After(string text) =>
        text.Split('/') is [var kind, var number] && Subjects.TryKind(kind, out var known) && Subjects.TryShard(number, out var shard)
            ? Place(known, shard.Value)
            : throw OperatorQuestion.Bad("after must be a shard, such as session/17.", "after");

    private static string TagOf(ShardMapReport map) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(map, OperatorJson.Default.ShardMapReport)).AsSpan(0, 16))}\"";
}
