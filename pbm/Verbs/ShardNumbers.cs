using System.Globalization;
using Realtime.Pbm.Calls;

namespace Realtime.Pbm.Verbs;

/// <summary>Shards as somebody names them: numbers, ranges such as <c>10-20</c>, or both with commas.</summary>
internal static class ShardNumbers
{
    /// <summary>As many as a cluster can have.</summary>
    private const int Most = 65_536;

    public static IReadOnlyList<int> Parse(IEnumerable<string> words)
    {
        var shards = new SortedSet<int>();
        foreach (var word in words.SelectMany(word => word.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            var ends = word.Split('-');
            if (ends.Length > 2 || !TryShard(ends[0], out var first) || !TryShard(ends[^1], out var last) || first > last)
            {
                throw CallFailedException.Usage($"'{word}' is not a shard or a range of shards such as 10-20.", "shard");
            }

            shards.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return shards.Count > 0 ? [.. shards] : throw CallFailedException.Usage("No shard is named.", "shard");
    }

    private static bool TryShard(string text, out int shard) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out shard) && shard < Most;
}
