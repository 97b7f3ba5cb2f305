using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Namespaces;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Persistence;

namespace Realtime.Node.Operations.Answers;

/// <summary>Who owns what, and where something lives. Sessions and channels have shards of their own, numbered alike; all of them are this node's.</summary>
internal sealed class ShardAnswers(OperatorServices services, NodeAnswers nodes)
{
    private const string Here = "here";

    public Task<OperatorReply> MapAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var map = new ShardMapReport(0, [services.Self.Name], [.. Enumerable.Repeat(0, EntityShards.Count)], [], []);
        return Task.FromResult(OperatorReply.Ok(map, OperatorJson.Default.ShardMapReport) with { Tag = TagOf(map) });
    }

    public Task<OperatorReply> MovesAsync(OperatorQuestion question, CancellationToken cancellation) =>
        Task.FromResult(OperatorReply.Ok<ShardMove[]>([], OperatorJson.Default.ShardMoveArray));

    public async Task<OperatorReply> ListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        if (question.Text("node") is { } node)
        {
            nodes.CheckSelf(node);
        }

        var state = question.OneOf("state", Here, "moving", "held", "free");
        var after = question.Number("after", 0, int.MaxValue) ?? -1;
        var limit = question.Limit(OperatorQuestion.MostLimit);
        var shards = await StatusesAsync(cancellation).ConfigureAwait(false);
        var wanted = shards.Where(shard => shard.Shard > after && (state is null || shard.State == state)).Take(limit + 1).ToList();
        var page = wanted.Take(limit).ToList();
        return OperatorReply.Ok(
            new ShardPage(0, page, wanted.Count > limit ? page[^1].Shard.ToString(CultureInfo.InvariantCulture) : null), OperatorJson.Default.ShardPage);
    }

    public async Task<OperatorReply> ShardAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var shard = Parse(question.Arguments[0]);
        return OperatorReply.Ok((await StatusesAsync(cancellation).ConfigureAwait(false))[shard.Value], OperatorJson.Default.ShardStatus);
    }

    public Task<OperatorReply> LocateAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var location = (question.Text("session"), question.Text("channel")) switch
        {
            ({ } text, null) when OperatorQuestion.Session(text) is var session =>
                new ShardLocation("session", session.ToString(), EntityShards.Number(EntityIds.Of(session)), services.Self.Name),
            (null, { } text) when Known(OperatorQuestion.Channel(text)) is var channel =>
                new ShardLocation("channel", channel.Value, EntityShards.Number(EntityIds.Of(channel)), services.Self.Name),
            _ => throw new QuestionRefusedException(Subjects.NotOne()),
        };
        return Task.FromResult(OperatorReply.Ok(location, OperatorJson.Default.ShardLocation));
    }

    public ShardId Parse(string text) => Subjects.TryShard(text, out var shard) ? shard : throw new QuestionRefusedException(Subjects.NoShard(text));

    public ChannelName Known(ChannelName channel) => services.Namespaces.TryFind(channel, out _)
        ? channel
        : throw new QuestionRefusedException(OperatorReply.NotFound($"There is no channel '{channel}': {NamespaceTable.Missing(channel)}.", "channel"));

    private async Task<List<ShardStatus>> StatusesAsync(CancellationToken cancellation)
    {
        var node = services.Node();
        var counting = (Sessions: Residents.CountAsync(node.Sessions, cancellation), Channels: Residents.CountAsync(node.Channels, cancellation));
        var sessions = await counting.Sessions.ConfigureAwait(false);
        var channels = await counting.Channels.ConfigureAwait(false);
        return [.. Enumerable.Range(0, EntityShards.Count).Select(number =>
        {
            var name = number.ToString(CultureInfo.InvariantCulture);
            return new ShardStatus(number, services.Self.Name, services.Self.Name, Here, sessions?.Of(name), channels?.Of(name));
        })];
    }

    private static string TagOf(ShardMapReport map) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(map, OperatorJson.Default.ShardMapReport)).AsSpan(0, 16))}\"";
}
