using System.Text;

namespace Realtime.Client.Protocol;

/// <summary>Positions cut into frames of a good size: a session may have more of them than one frame holds.</summary>
internal static class PositionPages
{
    /// <summary>Bytes.</summary>
    private const int Size = 16 * 1024;

    /// <summary>Quotes, colons and the offset around a name; what is escaped in a name is counted at its longest.</summary>
    private const int Around = 40;

    public static IReadOnlyList<IReadOnlyCollection<KeyValuePair<string, Position>>> Of(IEnumerable<KeyValuePair<string, Position>> positions)
    {
        var pages = new List<IReadOnlyCollection<KeyValuePair<string, Position>>>();
        var page = new List<KeyValuePair<string, Position>>();
        var bytes = 0;
        foreach (var pair in positions)
        {
            var size = Around + (2 * Encoding.UTF8.GetByteCount(pair.Key)) + Encoding.UTF8.GetByteCount(pair.Value.Epoch);
            if (page.Count > 0 && bytes + size > Size)
            {
                pages.Add(page);
                page = [];
                bytes = 0;
            }

            page.Add(pair);
            bytes += size;
        }

        if (page.Count > 0)
        {
            pages.Add(page);
        }

        return pages;
    }
}
