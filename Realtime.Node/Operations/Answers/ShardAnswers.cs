using System.Globalization;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Namespaces;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations.Answers;

/// <summary>Who owns what, what is on its way, and where something lives.</summary>
internal sealed class ShardAnswers(OperatorServices services, NodeAnswers nodes, Peers peers)
{
    public async Task<OperatorReply> MapAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var parts = await nodes.PartsAsync(question, cancellation).ConfigureAwait(false);
        var map = ViewAnswers.Map(View) with
        {
            Moves = Moves(parts),
            Held = [.. parts.Answers.SelectMany(part => part.Answer.Held).Distinct().Order()],
        };
        map = services.IsClustered ? map : map with { Version = 0 };
        return OperatorReply.Ok(map, OperatorJson.Default.ShardMapReport) with { Tag = ViewAnswers.TagOf(map) };
    }

    public async Task<OperatorReply> MovesAsync(OperatorQuestion question, CancellationToken cancellation) => OperatorReply.Ok(
        Moves(await nodes.PartsAsync(question, cancellation).ConfigureAwait(false)), OperatorJson.Default.ShardMoveArray);

    public async Task<OperatorReply> ListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var node = question.Text("node") is { } name ? peers.Find(name).Profile.Name.Name : null;
        var state = question.OneOf("state", "here", "moving", "held", "free");
        var after = question.Number("after", 0, int.MaxValue) ?? -1;
        var limit = question.Limit(OperatorQuestion.MostLimit);
        var shards = await StatusesAsync(question, cancellation).ConfigureAwait(false);
        var wanted = shards.Where(shard => shard.Shard > after && (node is null || shard.Owner == node) && (state is null || shard.State == state)).Take(limit + 1).ToList();
        var page = wanted.Take(limit).ToList();
        return OperatorReply.Ok(
            new ShardPage(Version, page, wanted.Count > limit ? page[^1].Shard.ToString(CultureInfo.InvariantCulture) : null), OperatorJson.Default.ShardPage);
    }

    public async Task<OperatorReply> ShardAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var shard = Parse(question.Arguments[0]);
        var shards = await StatusesAsync(question, cancellation).ConfigureAwait(false);
        return OperatorReply.Ok(shards.First(status => status.Shard == shard.Value), OperatorJson.Default.ShardStatus);
    }

    public Task<OperatorReply> LocateAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var address = (question.Text("session"), question.Text("channel")) switch
        {
            ({ } session, null) => EntityAddress.Of(OperatorQuestion.Session(session)),
            (null, { } channel) => EntityAddress.Of(Known(OperatorQuestion.Channel(channel))),
            _ => throw new QuestionRefusedException(Subjects.NotOne()),
        };
        return Task.FromResult(OperatorReply.Ok(ViewAnswers.Location(View, address), OperatorJson.Default.ShardLocation));
    }

    /// <summary>How many entities this node has in its shards.</summary>
    public Task<OperatorReply> CountsAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var steering = services.Node().Steering;
        var view = View;
        var self = view.Find(services.Self)?.Incarnation;
        var counts = view.Shards.Where(row => row.Owner == self).Select(row => (row.Shard.Value, Count: steering.ResidentOf(row.Shard)))
            .Where(shard => shard.Count.Sessions + shard.Count.Channels > 0).ToList();
        return Task.FromResult(OperatorReply.Ok(
            new ShardPart([.. counts.Select(shard => shard.Value)], [.. counts.Select(shard => shard.Count.Sessions)], [.. counts.Select(shard => shard.Count.Channels)]),
            PeerJson.Default.ShardPart));
    }

    public ShardId Parse(string text) => Subjects.TryShard(View, text, out var shard) ? shard : throw new QuestionRefusedException(Subjects.NoShard(View, text));

    public ChannelName Known(ChannelName channel) => services.Namespaces.TryFind(channel, out _)
        ? channel
        : throw new QuestionRefusedException(OperatorReply.NotFound($"There is no channel '{channel}': {NamespaceTable.Missing(channel)}.", "channel"));

    private ClusterView View => services.Node().Cluster.View;

    private long Version => services.IsClustered ? View.Version : 0;

    private static ShardMove[] Moves(Gathered<NodePart> parts) =>
        [.. parts.Answers.SelectMany(part => part.Answer.Moves).OrderBy(move => move.State, StringComparer.Ordinal).ThenBy(move => move.Shard)];

    private async Task<List<ShardStatus>> StatusesAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var counting = peers.GatherAsync(
            question with { Path = [OperatorRoutes.Peer, "counts"], Query = new Dictionary<string, string>() }, CountsAsync, PeerJson.Default.ShardPart, cancellation);
        var parts = await nodes.PartsAsync(question, cancellation).ConfigureAwait(false);
        var counts = new Dictionary<(NodeId, int), (int, int)>();
        var answered = new HashSet<NodeId>();
        foreach (var (node, part) in (await counting.ConfigureAwait(false)).Answers)
        {
            answered.Add(node);
            for (var i = 0; i < part.Shards.Count; i++)
            {
                counts[(node, part.Shards[i])] = (part.Sessions[i], part.Channels[i]);
            }
        }

        var moving = parts.Answers.SelectMany(part => part.Answer.Moves).Where(move => move.State == "moving").Select(move => move.Shard).ToHashSet();
        var held = parts.Answers.SelectMany(part => part.Answer.Held).ToHashSet();
        var steering = services.Node().Steering;
        var view = View;
        return [.. view.Shards.Select(row =>
        {
            var owner = view.OwnerOf(row.Shard)?.Profile.Name;
            var number = row.Shard.Value;
            var state = owner is null ? "free" : moving.Contains(number) ? "moving" : held.Contains(number) ? "held" : "here";
            (int Sessions, int Channels)? count = owner is { } name && answered.Contains(name) ? counts.GetValueOrDefault((name, number)) : null;
            return new ShardStatus(number, owner?.Name, row.Epoch, steering.PlannedOwner(row.Shard)?.Name, state, count?.Sessions, count?.Channels);
        })];
    }
}
