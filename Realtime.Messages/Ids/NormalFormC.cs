using System.Buffers;
using System.Text;

namespace Realtime.Messages.Ids;

/// <summary>
/// Whether a text is in Unicode normalisation form C (UAX 15). The node runs without ICU, and there <c>string.IsNormalized</c> says yes to
/// everything: two spellings of one name would be two channels, and people who typed the same would not meet.
/// </summary>
public static class NormalFormC
{
    private const int FirstMark = 0x300;

    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int SyllableBase = 0xAC00;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Trails = 28;

    /// <summary>Exact, and meant for names: a long run of combining marks costs the square of its length.</summary>
    /// <returns>False also for half a surrogate pair.</returns>
    public static bool IsNormalized(string text)
    {
        var rest = text.AsSpan();
        var last = 0;
        var sure = true;
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != OperationStatus.Done)
            {
                return false;
            }

            rest = rest[length..];
            if (rune.Value < FirstMark)
            {
                // Nothing below the first combining mark is changed by form C, nor does it compose with what is before it.
                last = 0;
                continue;
            }

            var order = NormalFormCTable.ClassOf(rune.Value);
            if ((order != 0 && order < last) || NormalFormCTable.IsExcluded(rune.Value))
            {
                return false;
            }

            last = order;
            sure &= !MayJoin(rune.Value);
        }

        return sure || Composed(Decomposed(text)).SequenceEqual(text.EnumerateRunes().Select(rune => rune.Value));
    }

    private static bool MayJoin(int c) =>
        NormalFormCTable.IsSecond(c) || c is >= VowelBase and < VowelBase + Vowels || c is > TrailBase and < TrailBase + Trails;

    private static List<int> Decomposed(string text)
    {
        var parts = new List<int>(text.Length * 2);
        foreach (var rune in text.EnumerateRunes())
        {
            Split(rune.Value, parts);
        }

        // Canonical order: marks with a class go behind those of a smaller one, and never over a character without.
        for (var i = 1; i < parts.Count; i++)
        {
            var order = NormalFormCTable.ClassOf(parts[i]);
            for (var at = i; order != 0 && at > 0 && NormalFormCTable.ClassOf(parts[at - 1]) > order; at--)
            {
                (parts[at - 1], parts[at]) = (parts[at], parts[at - 1]);
            }
        }

        return parts;
    }

    private static void Split(int c, List<int> parts)
    {
        if (c is >= SyllableBase and < SyllableBase + (Leads * Vowels * Trails))
        {
            var index = c - SyllableBase;
            parts.Add(LeadBase + (index / (Vowels * Trails)));
            parts.Add(VowelBase + (index / Trails % Vowels));
            if (index % Trails != 0)
            {
                parts.Add(TrailBase + (index % Trails));
            }
        }
        else if (NormalFormCTable.TrySplit(c, out var pair))
        {
            Split(pair.First, parts);
            parts.Add(pair.Second);
        }
        else
        {
            parts.Add(c);
        }
    }

    private static List<int> Composed(List<int> parts)
    {
        var composed = new List<int>(parts.Count);
        var starter = -1;
        var last = 0;
        foreach (var c in parts)
        {
            var order = NormalFormCTable.ClassOf(c);
            var isNext = starter == composed.Count - 1;
            if (starter >= 0 && (isNext || last < order) && TryJoin(composed[starter], c, out var whole))
            {
                composed[starter] = whole;
                continue;
            }

            if (order == 0)
            {
                starter = composed.Count;
            }

            last = order;
            composed.Add(c);
        }

        return composed;
    }

    private static bool TryJoin(int first, int second, out int whole)
    {
        var lead = first - LeadBase;
        var vowel = second - VowelBase;
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
        {
            whole = SyllableBase + (((lead * Vowels) + vowel) * Trails);
            return true;
        }

        var syllable = first - SyllableBase;
        var trail = second - TrailBase;
        if (syllable is >= 0 and < Leads * Vowels * Trails && syllable % Trails == 0 && trail is > 0 and < Trails)
        {
            whole = first + trail;
            return true;
        }

        return NormalFormCTable.TryJoin(first, second, out whole);
    }
}
