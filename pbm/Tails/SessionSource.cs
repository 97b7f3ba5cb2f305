using System.Text.Json;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Output;

namespace Realtime.Pbm.Tails;

/// <summary>
/// The history of a session. It has no numbers: what follows the last one seen is new. When that one is not there any more, the session was
/// loaded anew or has lived through more than its history holds.
/// </summary>
internal sealed class SessionSource(OperatorApi api, string id, int last) : TailSource($"session {id}")
{
    private SessionEvent? _seen;
    private bool _begun;

    public override void Distrust()
    {
        // The history itself says whether it is the one that was read.
    }

    public override async Task<TailBatch> ReadAsync(CancellationToken stop)
    {
        IReadOnlyList<SessionEvent> history;
        try
        {
            history = (await api.GetAsync<SessionReport>(ApiPaths.Session(id), stop).ConfigureAwait(false)).Value.History;
        }
        catch (CallFailedException e) when (e.ExitCode == PbmExitCodes.NotFound && _begun)
        {
            return new TailBatch([], Ended: $"Session {id} is gone.");
        }

        var (news, hole) = Compare(history, _seen, _begun ? null : last);
        _seen = history.Count > 0 ? history[^1] : _seen;
        _begun = true;
        return new TailBatch([.. news.Select(Line)], hole ? "earlier events may be missing: the session's history begins anew or is too short" : null);
    }

    /// <param name="first">How many of the newest, at the beginning; null: all that follow <paramref name="seen"/>.</param>
    internal static (IReadOnlyList<SessionEvent> News, bool Hole) Compare(IReadOnlyList<SessionEvent> history, SessionEvent? seen, int? first)
    {
        if (first is { } wanted)
        {
            return ([.. history.TakeLast(wanted)], false);
        }

        if (seen is null)
        {
            return (history, false);
        }

        for (var i = history.Count - 1; i >= 0; i--)
        {
            if (history[i] == seen)
            {
                return ([.. history.Skip(i + 1)], false);
            }
        }

        // Nothing at all after a reload: then nothing is new either.
        return (history, history.Count > 0);
    }

    private static TailLine Line(SessionEvent happened) => new(
        happened.At,
        JsonSerializer.Serialize(happened, OperatorJson.Default.SessionEvent),
        Cell.Quiet(Words.Time(happened.At)),
        new Cell(happened.What.PadRight(12), happened.What is "attached" or "opened" ? Tone.Good : happened.What is "adopted" or "disconnected" ? Tone.Bad : Tone.Busy),
        new Cell((happened.Node ?? "-").PadRight(12), Tone.Strong),
        happened.Why ?? "");
}
