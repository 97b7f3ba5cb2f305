using System.Collections.Frozen;

namespace Realtime.Messages.Ids;

/// <summary>
/// What <see cref="NormalFormC"/> needs to know of the Unicode Character Database, version 14.0.0. The constants were written by a script
/// over Python's <c>unicodedata</c> (its <c>unidata_version</c>): for every code point its combining class, whether form C changes it, and
/// whether a canonical decomposition of two composes back to it. Numbers are LEB128, the whole is base64. Hangul syllables are
/// computed and not listed. What later versions assign counts as a character that composes with nothing: such names are accepted as they are.
/// </summary>
internal static class NormalFormCTable
{
    /// <summary>Ranges of characters with a combining class other than 0: distance, length − 1, class.</summary>
    private const string Classes =
        "gAYU5gEBAOgBAQPcAQEA6AEBANgBAQTcAQEBygEBA9wBAQHKAQEK3AEBBAEBA9wBAQfmAQEA8AEBAOYBAQLcAQEC5gEBAdwBAgLmAQED3AEBAOYBAQDoAQEB3AEBAOYBAQ" +
        "DpAQEB6gEBAOkBAQHqAQEA6QEBDOYBlAIE5gGKAgDcAQED5gEBANwBAQLmAQEA3gEBANwBAQXmAQEF3AEBAeYBAQDcAQEB5gEBAN4BAQDkAQEA5gEBAAoBAAsBAAwBAA0B" +
        "AA4BAA8BABABABEBABIBARMBABQBABUBABYCABcCABgBABkCAOYBAQDcAQIAEkkH5gEBAB4BAB8BACAxABsBABwBAB0BAB4BAB8BACABACEBACIBAeYBAQHcAQEE5gEBAN" +
        "wBAQHmAQEA3AERACNmBuYBAwPmAQEA3AEBAOYBAwHmAQIA3AEBAeYBAQDcASQAJB8A5gEBANwBAQHmAQEA3AEBAeYBAQLcAQEA5gEBAdwBAQDmAQEA3AEBAuYBAQDcAQEA" +
        "5gEBANwBAQDmAQEA3AEBAOYBAQDcAQEB5gGhAQbmAQEA3AEBAOYBCgDcARkD5gECCOYBAgLmAQIE5gEsAtwBPQDmAQEC3AEBA+YBKwTmAQEE3AEBDeYBAgDcAQEB5gEBAN" +
        "wBAQHmAQEA3AEBAuYBAQLcAQEAGwEAHAEAHQEC5gEBANwBAQHmAQEB3AEBBOYBPQAHEQAJBADmAQEA3AEBAeYBaAAHEQAJMQDmAT4ABxEACW8ABxEACW8ABxEACYABAAlv" +
        "AAcRAAkIAFQBAFtmAAcRAAluAQkRAAl9AAluAWcBAAkOA2ttAXYBAAkOA3pNAdwBHADcAQIA3AECANgBOACBAQEAggECAIQBBgOCAQMAggECAeYBAQAJAgHmAT8A3AFxAA" +
        "cCAQlTANwB0AUC5gG1BwEJHwAJngEACQsA5gHMAQDkAZABAN4BAQDmAQEA3AHcAQDmAQEA3AFIAAkVB+YBAwDcATEE5gEBBdwBAQHmAQEA3AECAdwBAQHmAQEB3AEBBOYB" +
        "AQDcAQED5gFmAAcQAAknAOYBAQDcAQEG5gE3AQk7AAcMAQlEAAeZAQLmAQIAAQEE3AEBAeYBAQPcAQEA5gECBgEFANwBBwDmAQQB5gHHAQHmAQEA3AEBBuYBAQDcAQEB5g" +
        "EBAOoBAQDWAQEA3AEBAMoBASTmAQEA6AEBAeQBAQDcAQEA2gEBAOYBAQDpAQEA3AEBAOYBAQDcAdEFAeYBAQEBAQPmAQECAQEB5gEFAOYBBAEBAQDmAQEA3AEBAOYBAQEB" +
        "AQPcAQEA5gH/FwLmAY4BAAlhH+YBqwQA2gEBAOQBAQDoAQEA3gEBAeABagEI1esBAOYBBQnmASEB5gFRAeYBlQIACSYACZgBAAkcEeYBOgLcASYACWAABw0ACfABAOYBAg" +
        "HmAQEA3AEDAeYBBgHmAQIA5gE1AAn3AQAJsZ4BABqCBgbmAQEG3AEBAeYBzgcA3AHjAQDcAZYBBOYBkw0A3AECAOYBKQDmAQEAAQEA3AEFAAmmAQDmAQEA3AG+BAPmAYQD" +
        "AeYBmgEB3AEBAuYBAQDcAQEA5gEBA9wBMgDmAQEA3AEBAOYBAQDcAcEBAAkqAAkPAAk6AAkBAAdGAuYBMQEJPwAHTQAJCgAHawAJAQAHswEABwEACVEBBxEACRkG5gEEBO" +
        "YBzgEACQQABxgA5gFkAAkBAAf8AQAJAQAHfwAJdwAJAQAHdAAJjgIACQEAB4MCAQkFAAedAQAJVAAJEwAJUgAJpgMACYMCAAcCAQlSAAnZmgEEATwG5gG6CQEGrZkBAAHH" +
        "KQHYAQECAQQA4gEBBNgBCQfcAQME5gEBAdwBHwPmAZUBAuYBvBsG5gECEOYBAwbmAQIB5gECBOYBhgIG5gH4AgDmAT4D5gHhCwbcAW4F5gEBAAc=";

    /// <summary>Ranges of characters that never stand in form C: distance, length − 1.</summary>
    private const string Excluded =
        "wAYBAgEwAAoACQDRCwd9AQIAVAADACMCAwD+AQHmBwAKAAUABQAFAA0ACgACAQIACQASAAoABQAFAAUADQC4HwACAAIAAgACAAIAAgA+AAMACwACAAgACAAIAAgAAwEKAA" +
        "IAAgADAaUCAAQB/gMBsg8ApJwDjQIDAAIAAwkCAAIAAwEEQwNpRAACAAsMAgQCAAIBAgECCJCsAwZXBcDMBJ0E";

    /// <summary>Characters that two others compose to, and those two: distances to the entry before, the two signed (zigzag).</summary>
    private const string Pairs =
        "wAGCAYAMAQACAQACAQACAQAKAQAEAgQ6AQRNAQACAQACAQAMAQgPAQACAQACAQAMAgoJAQIFAQACAQACAQACAQAKAwwPAQACAQACAQAMAQgNAxABAQACAQACAQACAQAKAQ" +
        "AEAgQ6AQRNAQACAQACAQAMAQgPAQACAQACAQAMAgoJAQIFAQACAQACAQACAQAKAwwPAQACAQACAQAMAQgNAgAOAW8HAUAAAT8EAUAAAT9EAUAAATtNAUAAAT8CAUAAAT8K" +
        "AUAAAT8KAUAAAT0AAUAAAz0PAUAAAT8EAUAAAT8CAUAAAT9CAUAAAT83AUAAATsTAUAAAT8IAUAAAT8CAUAAAT9AAUAAAT1JAUAAAz0CAUAAAT8CAUAAAT8EAUAAAT9EAU" +
        "AAAT9BBAIJAUAAAT1KAUAAAj1LAUAAAT9MAUAAAT81AUAABTsVAUAAAT9MAUAAAT81AUAABD0PAUAAAT8EAUAAAT8KAUAAAzkTAUAAAT9MAUAAAT81AUAAAT0VAUAAAT8C" +
        "AUAAAT9KAUAAAT81AUAAAT02AUAAAT81AUAAAz0RAUAAAT8CAUAAAT8EAUAAAT8IAUAAAT8CAUAAAT86AUAAATtLAUAAATsAAUAAAT8MAQINAUAAAT8MAUAAAT8KAUAAIl" +
        "UeAUAADjMAAUAAHWcdAUAAAS8AAUAAATMAAUAAATMAAUAAAc4BDwFAAAE/BQFAAAE/FgFAAAE/FwFAAAJvCAFAAAGEBQABAgABwQUAAUAAA70CEAFAAAE3AAFAAAE3OAFA" +
        "AAH2BUcBAgABZxABtgMAAc8IAARFFQFAAAMxAQFAAAGuAQIBQAABPQABQAABGwABQAAB7QIcAUAAAT8EAUAAATcDAUAAAT8EAUAAATcDAUAAAT8EAUAAATMDAUAAAT8EAU" +
        "AAATkDAUAAAT8EAUAAATkDAUAAAT8EAUAAAUMqAUAAAT0AAUAAA1czAUAAB00JAUAAATdAAUAAAeIBRQFAAAFBAAFAAAHLAgYBQAAB/gYFAQIAAasHAAFAANICXgUB0gsA" +
        "AggAAQQAAQQAAgwAAgwAAQgAAUIAGmEOARgAARgNAQgAAQQAAQQAASQAGiMOARgAAQsNAQwAAQgABRIAAQAOLIYBDwEAEAIDDQQZDgUoDQEDAQEWDAsVACBAABcFCwEAEA" +
        "IDDQRGDgU3DQEDAQEWDBhiEgECAEq9AREBQAAOSwABQAABPwQBQAADNQMBQAADxgIEAQIAAYUDAAFAAAE9AAFAAAM9BwFAAAE/CAFAAAEzAAFAAAPUAgABAgAB9wIAAUAA" +
        "AVMHAUAAAT8IAUAAAT8GAUAAATcFAUAAAzcAAUAAqQK4B5YNAQACAUIAAUECAUYBmgGWAgACJwARIgDWBKwJ0AsIEAADBgCXAagChAIBADL8AoAG/gUDAC8BADJIlgGAAj" +
        "ZoMQECAAEBMnyAAv4BePIB/gEHDgABAAICACcBCCZ/+AHSAQECAAEBMo4BpgLmAQIACgEGCQEFKsgEmAmeCeAVwCuOLAIEAAIEAAIEAAIEAAQIAClSAAIEAAMEAAECAAIG" +
        "AL0FgWyfYAFAAAE9OwFAAAE/OAFAAAE/HAFAAAHKAV8BQAABxQIMAUAAAT84AUAAAT8cAUAAAT8TAUAAAT8MAUAAAdwCWQECAAEBAgECAAGbA1gBQAABPwYBQAABhgdTAQ" +
        "IAAcUHAgFAAAE9BQFAAAE9BgFAAAE/OAFAAAE/NQFAAAE/PgFAAAE/DgFAAAE9BAFAAAHMAV0BQAABxwIAAUAAAT9EAUAAAT8cAUAAAT0bAUAAAZR3PQECAAHVd1oBQAAB" +
        "PwcBQAABPVcBQAABPwwBQAABPzgBQAABPTcBQAABPzgBQAABPxwBQAABPwcBQAABzgFXAUAAAT8OAUAAAa4BDwECAAEBAgECAAH5AwABQAABPwwBQAABOwABQAABPzgBQA" +
        "AB0Hc9AQIAAZF4WgFAAAE9UwFAAAE/OAFAAAHOAzcBAgABCgABAgABgnQAAQIAAZ14AAFAAAE/OAFAAAE/HAFAAAE/BwFAAAE9EQFAAAE/GAFAAAE/BQFAAAHmA1cBAgAB" +
        "Ag4BAgABqQQJAUAAAT9AAUAAAT1FAUAAAT8CAUAAAT8OAUAAAT8BAUAAAT84AUAAAT03AUAAAT8CAUAAAT0BAUAAAT0JAUAAAT9CAUAAAT8cAUAAASMAARhRAQYEAQQAAo" +
        "wEBQX7BDgBQAABPzMBQAABwgEPAUAAAT8BAUAAAT8SAUAAAT8LAUAAAfx2AQECAAG9dgEBAgABAQEBAgABARIBAgABAQsBAgABunYGAQIAAbd5OgFAAAE/MwFAAAE/CwFA" +
        "AAHKAQMBQAABPwEBQAABPxIBQAABPwsBQAABnHcBAQIAAd95DgFAAAE/NAFAAAEzAAFAAAE/MwFAAAHKAQ8BQAABPwEBQAABPxIBQAABPwsBQAABsHcBAQIAAdl0AQECAA" +
        "EBAQECAAEBEgECAAEBCwECAAEBQAECAAGXBQABQAABPzMBQAAB9AQPAQIAAQEBAQIAAQESAQIAAQELAQIAAQFAAQIAAa0FRQFAAAE/RgFAAAE/MwFAAAE/CwFAAAfwDCAB" +
        "AAIBnm0nAQIAAQECAQIAAQGCAQECAAHfbV0BAAIB7m0nAQIAAQECAQIAAQGCAQECAAGnbV0BAAIBtm0nAQIAAQECAQIAA/dtJAEAAgGGbicBAgABAQIBAgADw20kAQACAd" +
        "JtJwECAAEBAgECAAEBggEBAgABk25dAQACAaJuJwECAAEBAgECAAEBggEBAgAB321dAQACAe5tJwECAAEBAgECAAEBggEBAgABr25dAQACAb5uJwECAAEBAgECAAEBggEB" +
        "AgAB821dAQACAYJuJwECAAEBAgECAAPDbiQBAAIB0m4nAQIAAQECAQIAA4duJAEAAgGWbicBAgABAQIBAgABAYIBAQIAAtduWwLobicCAAICAIIBAZ9uXQEAAgGubicBAg" +
        "ABAQIBAgABAYIBAQIAAe9uXQEAAgH+bicBAgABAQIBAgABAYIBAQIAAe9ugwECCAACBAACBAACDAACDAACCAAE7myKAQECAAECAAECAAECAAECAAECAAECAAECAAECAAEC" +
        "AAECAAECAAECAAECAAECAAEiAAECAAECAAECAAECAAECAAECAAECAAECAAECAAECAAECAAECAAECAAECAAECAAFiAAECAAECAAECAAECAAECAAECAAECAAECAAECAAECAA" +
        "ECAAECAAECAAECAAECAAH7bn0BAAMB/m6CAQH9bgABCQACCgUBinAGAclwfQEAAwEABwIAigEF0QsFAZh7BgH5bgABEQACEgUBnnAGAeFwiQECBAACAIoBAdBwiQEBAAIB" +
        "AIIBAYtwdwEAAwEiBwQhhAEBIgABYXcBAAMBAAcDynEAAQACAQCCAQHxcHcBAAMBDAcCEyYBAAIBCFwBDAABS3cBAAMBAAcCBygB8QsnBah7igEB5W4AAQoAAgkFAdpwBg" +
        "GtcYkBAhQAAgCKAZ4DzncZAQQAEwQAH3gAAQgAAQMANWIABQoAAwYAGDAAAgQAGy4AAw4AAwQAAgYAF5WIAQACyIgBAAsnAAGhiAEAAQQAAcyIAQABAgADGgABAgADBgAB" +
        "AgAHBgABAgADDgABAgADBgABAgAjNgABDAABAgABBAAxXQABAgABKAABAgAHQAABAgABAgABAgDfGqw2wrUBAgQAAgQAAgQAAgQAAgQAAgQAAgQAAgQAAgQAAgQAAgQAAw" +
        "YAAgQAAgQABw4AAQACAgYBAQACAgYBAQACAgYBAQACAgYBAQACF2kBCq4BAA4cAAIEAAIEAAIEAAIEAAIEAAIEAAIEAAIEAAIEAAIEAAIEAAMGAAIEAAIEAAcOAAEAAgIG" +
        "AQEAAgIGAQEAAgIGAQEAAgIGAQEAAhdpAQOSAQABAgABAgABAgAEFgCcvwO4/gbCgAcCBAAPFACDAZgC2gEBAgCcBKoIrggBADLvAuQFxgUBABMCABr8Af4D5AMBAgD9Bv" +
        "gNgg4=";

    private static readonly Range[] ClassRanges = ReadRanges(Classes, hasClass: true);
    private static readonly Range[] ExcludedRanges = ReadRanges(Excluded, hasClass: false);
    private static readonly FrozenDictionary<int, (int First, int Second)> ByWhole = ReadPairs().ToFrozenDictionary(p => p.Whole, p => (p.First, p.Second));
    private static readonly FrozenDictionary<(int First, int Second), int> ByPair = ReadPairs().ToFrozenDictionary(p => (p.First, p.Second), p => p.Whole);
    private static readonly FrozenSet<int> Seconds = ReadPairs().Select(p => p.Second).ToFrozenSet();

    public static int ClassOf(int c) => Find(ClassRanges, c)?.Class ?? 0;

    /// <summary>Form C always replaces it.</summary>
    public static bool IsExcluded(int c) => Find(ExcludedRanges, c) is not null;

    /// <summary>It may compose with what stands before it.</summary>
    public static bool IsSecond(int c) => Seconds.Contains(c);

    public static bool TrySplit(int whole, out (int First, int Second) parts) => ByWhole.TryGetValue(whole, out parts);

    public static bool TryJoin(int first, int second, out int whole) => ByPair.TryGetValue((first, second), out whole);

    private static Range? Find(Range[] ranges, int c)
    {
        var (low, high) = (0, ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (c < ranges[middle].First)
            {
                high = middle - 1;
            }
            else if (c > ranges[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return ranges[middle];
            }
        }

        return null;
    }

    private static Range[] ReadRanges(string table, bool hasClass)
    {
        var bytes = Convert.FromBase64String(table).AsSpan();
        var ranges = new List<Range>();
        var last = 0;
        while (!bytes.IsEmpty)
        {
            var first = last + Next(ref bytes);
            last = first + Next(ref bytes);
            ranges.Add(new Range(first, last, hasClass ? Next(ref bytes) : 0));
        }

        return [.. ranges];
    }

    private static List<(int Whole, int First, int Second)> ReadPairs()
    {
        var bytes = Convert.FromBase64String(Pairs).AsSpan();
        var pairs = new List<(int Whole, int First, int Second)>();
        var (whole, first, second) = (0, 0, 0);
        while (!bytes.IsEmpty)
        {
            whole += Next(ref bytes);
            first += Signed(Next(ref bytes));
            second += Signed(Next(ref bytes));
            pairs.Add((whole, first, second));
        }

        return pairs;
    }

    private static int Signed(int zigzag) => (zigzag >> 1) ^ -(zigzag & 1);

    private static int Next(ref Span<byte> bytes)
    {
        var (value, shift) = (0, 0);
        byte b;
        do
        {
            b = bytes[0];
            bytes = bytes[1..];
            value |= (b & 0x7f) << shift;
            shift += 7;
        }
        while (b >= 0x80);
        return value;
    }

    private readonly record struct Range(int First, int Last, int Class);
}
