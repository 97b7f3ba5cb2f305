namespace Realtime.Node.Operations.Questions;

/// <summary>
/// A page of this node's entities in the order of their names: asks as many at a time as is polite, and ends early rather than late. Whoever looks for something
/// rare gets pages with few entries, and reads on.
/// </summary>
internal sealed class ResidentWalk(TimeProvider time)
{
    /// <summary>Entities asked at a time.</summary>
    public const int AtATime = 64;

    /// <summary>After which a page ends with what it has: less than a member that asks waits.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1.2);

    /// <summary>An entity was looked at and did not answer: a page is without it.</summary>
    public bool HasMissed { get; private set; }

    /// <param name="look">Whether an entity answered, and what a page says of it; null: it is not wanted, or not there any more.</param>
    /// <returns>The page, and after what to read on; null: it was the last.</returns>
    public async Task<(IReadOnlyList<T> Page, string? Next)> ReadAsync<T>(
        IEnumerable<string> keys, string? after, int limit, Func<string, Task<(bool Answered, T? Entry)>> look)
        where T : class
    {
        var started = time.GetTimestamp();
        var ordered = keys.Where(key => string.CompareOrdinal(key, after) > 0).Order(StringComparer.Ordinal).ToList();
        var page = new List<T>();
        for (var i = 0; i < ordered.Count; i += AtATime)
        {
            var some = ordered.GetRange(i, Math.Min(AtATime, ordered.Count - i));
            var found = await Task.WhenAll(some.Select(look)).ConfigureAwait(false);
            for (var j = 0; j < found.Length; j++)
            {
                HasMissed |= !found[j].Answered;
                if (found[j].Entry is { } entry)
                {
                    page.Add(entry);
                    if (page.Count == limit)
                    {
                        return (page, i + j + 1 < ordered.Count ? some[j] : null);
                    }
                }
            }

            if (time.GetElapsedTime(started) > Longest && i + AtATime < ordered.Count)
            {
                return (page, some[^1]);
            }
        }

        return (page, null);
    }

    /// <summary>
    /// One page of the pages of several nodes. It ends where the first of these ends, because what that node has behind it is not known yet. What is on its way from one node to another
    /// may be in two of them.
    /// </summary>
    public static (IReadOnlyList<T> Page, string? Next) Merge<T>(IReadOnlyList<(IReadOnlyList<T> Page, string? Next)> pages, Func<T, string> key, int limit)
    {
        var bound = pages.Select(page => page.Next).Where(next => next is not null).Min(StringComparer.Ordinal);
        var all = pages.SelectMany(page => page.Page)
            .Where(entry => bound is null || string.CompareOrdinal(key(entry), bound) <= 0)
            .DistinctBy(key)
            .OrderBy(key, StringComparer.Ordinal)
            .ToList();
        return all.Count > limit ? (all.GetRange(0, limit), key(all[limit - 1])) : (all, bound);
    }
}
