using System.Text.Json;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Output;

namespace Realtime.Pbm.Tails;

/// <summary>Events of the cluster, as the node that answers saw them. Another node counts them on its own.</summary>
internal sealed class EventSource(OperatorApi api, int last) : TailSource("the cluster's events")
{
    private const int Page = 1000;

    private readonly NumberedCursor _cursor = new();
    private Uri? _url;

    public override void Distrust() => _cursor.Distrust();

    public override async Task<TailBatch> ReadAsync(CancellationToken stop)
    {
        var page = await AskAsync(stop).ConfigureAwait(false);
        if ((_url is not null && _url != api.Url) || _cursor.IsOfAnotherLife(page.Next))
        {
            _cursor.Distrust();
            page = await AskAsync(stop).ConfigureAwait(false);
        }

        _url = api.Url;
        var newest = _cursor.After is null;
        var (news, hole) = _cursor.Take(page.Events, page.Next, static happened => (happened.At, happened.Number), page.Events.Count >= Page);
        return new TailBatch(
            [.. news.Select(Line)],
            hole ? "events may be missing: another node answers, and its memory does not reach back far enough" : newest ? null : TailBatch.MissedWords(page.Missed, "event"),
            newest ? null : page.Missed,
            More: !newest && page.Events.Count >= Page);
    }

    private static TailLine Line(ClusterEvent happened) => new(
        happened.At,
        JsonSerializer.Serialize(happened, OperatorJson.Default.ClusterEvent),
        Cell.Quiet(Words.ExactTime(happened.At)),
        new Cell(happened.What.PadRight(12), Tones.OfEvent(happened.What)),
        new Cell((happened.Node ?? "-").PadRight(12), Tone.Strong),
        happened.Text);

    /// <summary>The newest as many as asked for at the beginning; after a break all that can be had, because some of them are news.</summary>
    private async Task<EventPage> AskAsync(CancellationToken stop)
    {
        var limit = _cursor.Begun ? Page : last;
        var page = (await api.GetAsync<EventPage>(ApiPaths.With("events", ("after", _cursor.After), ("limit", Math.Max(1, limit))), stop).ConfigureAwait(false)).Value;
        return limit == 0 ? page with { Events = [] } : page;
    }
}
