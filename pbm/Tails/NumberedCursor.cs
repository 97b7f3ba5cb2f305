namespace Realtime.Pbm.Tails;

/// <summary>
/// A place in a node's numbered memory of lines or events. The numbers begin anew with every process, so a cursor is good for one
/// process only; across two, times decide what was seen already.
/// </summary>
internal sealed class NumberedCursor
{
    private long? _after;
    private (DateTimeOffset At, long Number) _seen = (DateTimeOffset.MinValue, -1);
    private bool _resuming;

    /// <summary>What to ask for: after this, or the newest.</summary>
    public long? After => _after;

    /// <summary>Whether something was read at all: then nothing that follows may be lost, however much it is.</summary>
    public bool Begun { get; private set; }

    public void Distrust()
    {
        _after = null;
        _resuming = Begun;
    }

    /// <summary>Whether an answer is of another process than the cursor: its numbers are behind what was read.</summary>
    public bool IsOfAnotherLife(long next) => _after is { } after && next < after;

    /// <summary>Takes a page in, and leaves out what was seen before.</summary>
    /// <param name="full">The page had no room for more: something older may be missing between it and what was seen.</param>
    /// <returns>What is new, and whether something may be missing before it.</returns>
    public (IReadOnlyList<T> News, bool Hole) Take<T>(IReadOnlyList<T> page, long next, Func<T, (DateTimeOffset At, long Number)> placeOf, bool full)
    {
        var news = page;
        var hole = false;
        if (_resuming)
        {
            news = [.. page.Where(item => placeOf(item).At > _seen.At)];
            hole = full && news.Count == page.Count;
        }

        foreach (var item in news)
        {
            if (placeOf(item) is var place && place.At >= _seen.At)
            {
                _seen = place;
            }
        }

        _after = next;
        _resuming = false;
        Begun = true;
        return (news, hole);
    }
}
