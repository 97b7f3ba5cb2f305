using System.Text.Json;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Output;

namespace Realtime.Pbm.Tails;

/// <summary>Messages of a channel. Positions are the log's own, so a cursor is good on every node and in every process.</summary>
internal sealed class ChannelSource(OperatorApi api, string channel, int last) : TailSource($"channel {channel}")
{
    private const int Page = 1000;

    private string? _after;

    public override void Distrust()
    {
        // A position that leads nowhere any more is answered with a gap.
    }

    public override async Task<TailBatch> ReadAsync(CancellationToken stop)
    {
        var first = _after is null;
        var path = ApiPaths.With(ApiPaths.Channel(channel, "messages"), ("after", _after), ("limit", first ? Math.Max(1, last) : Page));
        var page = (await api.GetAsync<ChannelMessages>(path, stop).ConfigureAwait(false)).Value;
        if (page.Position is null)
        {
            throw new CallFailedException(
                PbmExitCodes.Refused, new OperatorError("conflict", $"Channel {channel} keeps no log: there is nothing to read. A client that subscribes sees what is published.", null));
        }

        _after = page.Position;
        var messages = first && last == 0 ? [] : page.Messages;
        return new TailBatch([.. messages.Select(Line)], first || page.Gap is null ? null : $"messages are missing: {page.Gap}", More: !first && page.Messages.Count >= Page);
    }

    private static TailLine Line(ChannelMessages.Item message) => new(
        message.At,
        JsonSerializer.Serialize(message, OperatorApi.TypeOf<ChannelMessages.Item>()),
        Cell.Quiet(Words.ExactTime(message.At)),
        Cell.Quiet(message.Position),
        new Cell(Words.OrDash(message.User), Tone.Strong),
        message.Data.GetRawText());
}
