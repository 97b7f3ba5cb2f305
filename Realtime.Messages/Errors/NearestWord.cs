namespace Realtime.Messages.Errors;

/// <summary>The known word that a person may have meant by an unknown one.</summary>
public static class NearestWord
{
    /// <summary>Null: none is near enough to be suggested.</summary>
    public static string? Of(string given, IEnumerable<string> known)
    {
        var nearest = known.MinBy(word => Distance(given, word));
        return nearest is not null && Distance(given, nearest) <= MostChanges(given) && Distance(given, nearest) < nearest.Length ? nearest : null;
    }

    /// <summary>The end of a message: the nearest word, or else all of them.</summary>
    /// <param name="list">What all of them are called.</param>
    public static string Suggest(string given, IReadOnlyCollection<string> known, string list) =>
        Of(given, known) is { } meant ? $"; is {meant} meant?" : $"; {list}: {string.Join(", ", known)}";

    /// <summary>The dashes of an option are no letters, and of three letters two are another word.</summary>
    private static int MostChanges(string given) => given.TrimStart('-').Length is > 3 and var letters ? Math.Max(2, letters / 3) : 1;

    /// <summary>How many letters have to be put in, taken out or changed, whatever their case.</summary>
    private static int Distance(string left, string right)
    {
        var previous = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var current = new int[right.Length + 1];
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (same ? 0 : 1));
            }

            previous = current;
        }

        return previous[right.Length];
    }
}
