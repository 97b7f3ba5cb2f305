using System.Security.Cryptography;
using System.Text;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Messages;

/// <summary>
/// Golden answers written by a script over Python's <c>unicodedata</c> (Unicode 14.0.0), the source of the table under test: a text is in
/// form C when <c>normalize('NFC', text) == text</c>.
/// </summary>
public sealed class NormalFormCTests
{
    private const string Alphabet =
        "\u0061\u0065\u0075\u006f\u0073\u0071\u03b1\u03c9\u1100\u1112\u1113\u1161\u1175\u11a7\u11a8\u11c2\uac00\uac01" +
        "\uac1c\u00e1\u00e2\u1ea1\u1ead\u1e61\u1e63\u1e69\u01d5\u1f82\u0300\u0301\u0302\u0304\u0307\u0308\u0313\u0323" +
        "\u0327\u031b\u0338\u0345\u034f\u0344\u0915\u0928\u093c\u0958\u09c7\u09be\u09cb\u0cc6\u0cc2\u0cd5\u0f71\u0f72" +
        "\u0f73\u05d0\u05b7\u05b8\u3046\u3099\u212b\u2126\uf900\u1025\u102e\u1b05\u1b35\U00011099\U000110ba\U0001109a" +
        "\U00011131\U00011127\U0001112e\U0001d157\U0001d165\U0001d15e\U0001d16d";

    public static TheoryData<string, string, bool> Cases => new()
    {
        { "composed", "", true },
        { "composed", "plain", true },
        { "composed", "caf\u00e9", true },
        { "composed", "na\u00efve", true },
        { "composed", "\u1e69", true },
        { "composed", "\u01d5", true },
        { "composed", "\u1f82", true },
        { "composed", "\u06d3", true },
        { "composed", "\u0929", true },
        { "composed", "\u212c", true },
        { "composed", "\u03a9", true },
        { "composed", "\U000110ab", true },
        { "composed", "\U0001112e", true },
        { "decomposed", "cafe\u0301", false },
        { "decomposed", "e\u0323\u0302", false },
        { "decomposed", "\u1e63\u0307", false },
        { "decomposed", "s\u0323\u0307", false },
        { "decomposed", "s\u0307\u0323", false },
        { "decomposed", "\u1e61\u0323", false },
        { "decomposed", "a\u0308\u0304", false },
        { "decomposed", "u\u0308\u0304", false },
        { "decomposed", "\u03b1\u0313\u0300\u0345", false },
        { "decomposed", "\U00011099\U000110ba", false },
        { "decomposed", "\U00011131\U00011127", false },
        { "decomposed", "\u0928\u093c", false },
        { "decomposed", "\u3046\u3099", false },
        { "Hangul", "\uac00", true },
        { "Hangul", "\uac01", true },
        { "Hangul", "\u1100\u1161", false },
        { "Hangul", "\u1100\u1161\u11a8", false },
        { "Hangul", "\uac00\u11a8", false },
        { "Hangul", "\uac01\u11a8", true },
        { "Hangul", "\uac00\u11a7", true },
        { "Hangul", "\u1161", true },
        { "Hangul", "\u11a8", true },
        { "Hangul", "\uac00\u1161", true },
        { "Hangul", "\u1100a\u1161", true },
        { "Hangul", "\u1112\u1175\u11c2", false },
        { "Hangul", "\ud7a3", true },
        { "Hangul", "\u1113\u1161", true },
        { "Hangul", "\u1100\u1176", true },
        { "order of marks", "a\u0327\u0301", false },
        { "order of marks", "q\u0307\u0323", false },
        { "order of marks", "q\u0323\u0307", true },
        { "order of marks", "q\u0301\u0300", true },
        { "order of marks", "q\u0300\u0301", true },
        { "order of marks", "q\u0345\u0300", false },
        { "order of marks", "q\u0300\u0345", true },
        { "order of marks", "\u0323", true },
        { "order of marks", "\u0307\u0323", false },
        { "order of marks", "\u0323\u0307", true },
        { "order of marks", "q\u0323\u034f\u0307", true },
        { "order of marks", "q\u0307\u034f\u0323", true },
        { "order of marks", "a\u034f\u0301", true },
        { "order of marks", "\u05d0\u05b8\u05b7", false },
        { "order of marks", "\u05d0\u05b7\u05b8", true },
        { "order of marks", "\u0f71\u0f72", true },
        { "order of marks", "\u0f72\u0f71", false },
        { "blocked and composed", "a\u0320\u0301", false },
        { "blocked and composed", "\u00e1\u0320", true },
        { "blocked and composed", "\u00e2\u0323", false },
        { "blocked and composed", "\u1ea1\u0302", false },
        { "blocked and composed", "\u1ead", true },
        { "blocked and composed", "a\u0302\u0302", false },
        { "blocked and composed", "\u00e2\u0302", true },
        { "blocked and composed", "q\u0301", true },
        { "blocked and composed", "\u0301", true },
        { "blocked and composed", "x\u0301\u0301", true },
        { "blocked and composed", "e\u0345\u0301", false },
        { "blocked and composed", "\u00e9\u0345", true },
        { "blocked and composed", "a\u0338", true },
        { "blocked and composed", "<\u0338", false },
        { "blocked and composed", "\u226e", true },
        { "blocked and composed", "\u0915\u093c", true },
        { "blocked and composed", "\u09c7\u09be", false },
        { "blocked and composed", "\u09cb", true },
        { "blocked and composed", "\u0cc6\u0cc2\u0cd5", false },
        { "blocked and composed", "\u0ccb", true },
        { "blocked and composed", "\u1025\u102e", false },
        { "blocked and composed", "\u1b05\u1b35", false },
        { "singletons", "\u212b", false },
        { "singletons", "\u2126", false },
        { "singletons", "\u212a", false },
        { "singletons", "\u1fef", false },
        { "singletons", "\u0340", false },
        { "singletons", "\u0341", false },
        { "singletons", "\u0343", false },
        { "singletons", "\u0374", false },
        { "singletons", "\u037e", false },
        { "singletons", "\u0387", false },
        { "singletons", "\u2000", false },
        { "singletons", "\u2329", false },
        { "singletons", "\uf900", false },
        { "singletons", "\ufa0e", true },
        { "singletons", "\U0002f800", false },
        { "singletons", "\u1f71", false },
        { "singletons", "\u1fbe", false },
        { "exclusions", "\u0958", false },
        { "exclusions", "\u095f", false },
        { "exclusions", "\u0915\u093c", true },
        { "exclusions", "\u09dc", false },
        { "exclusions", "\u0a33", false },
        { "exclusions", "\u0f43", false },
        { "exclusions", "\u0f73", false },
        { "exclusions", "\u0f75", false },
        { "exclusions", "\u0f77", true },
        { "exclusions", "\ufb1d", false },
        { "exclusions", "\ufb4b", false },
        { "exclusions", "\u2adc", false },
        { "exclusions", "\u0344", false },
        { "exclusions", "\U0001d15e", false },
        { "exclusions", "\U0001d1c0", false },
        { "compatibility and others", "\ufb01", true },
        { "compatibility and others", "\u00bd", true },
        { "compatibility and others", "\u2460", true },
        { "compatibility and others", "\uff21", true },
        { "compatibility and others", "\u3300", true },
        { "compatibility and others", "\u00aa", true },
        { "compatibility and others", "\u01c4", true },
        { "compatibility and others", "\U0001f469\u200d\U0001f4bb", true },
        { "compatibility and others", "\U0001f600", true },
        { "compatibility and others", "\u6f22\u5b57", true },
        { "compatibility and others", "\u4e00", true },
        { "compatibility and others", "\u200b", true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_golden_text_is_told_apart(string group, string text, bool normalized) =>
        NormalFormC.IsNormalized(text).ShouldBe(normalized, group);

    [Fact]
    public void Half_a_pair_is_in_no_form()
    {
        foreach (var text in new[] { "\ud800", "\udc00", "a\udc00\ud800", "\ud83da" })
        {
            NormalFormC.IsNormalized(text).ShouldBeFalse();
        }
    }

    [Fact]
    public void Every_character_alone_is_told_apart()
    {
        var answers = EveryCharacter().Select(rune => NormalFormC.IsNormalized(rune.ToString())).ToList();

        answers.Count(answer => !answer).ShouldBe(1120);
        Digest(answers).ShouldBe("1d7ec6db6e75dcc0013f6a7ab36ad907708c1d72302c85b68c64264bf78430ff");
    }

    [Fact]
    public void Every_character_behind_a_letter_a_composed_letter_and_a_syllable_is_told_apart()
    {
        string[] before = ["a", "\u1ea1", "\uac00"];
        var answers = before.SelectMany(first => EveryCharacter().Select(rune => NormalFormC.IsNormalized(first + rune))).ToList();

        answers.Count(answer => !answer).ShouldBe(3406);
        Digest(answers).ShouldBe("06313c0cc30994dc0c18e4de257436fd6de826a6190cc71c882e44bd03022435");
    }

    [Fact]
    public void A_hundred_thousand_texts_of_awkward_characters_are_told_apart()
    {
        var alphabet = Alphabet.EnumerateRunes().ToArray();
        var state = 1UL;
        var answers = new List<bool>();
        for (var i = 0; i < 100_000; i++)
        {
            var text = new StringBuilder();
            for (var left = 1 + Next(6); left > 0; left--)
            {
                text.Append(alphabet[Next(alphabet.Length)]);
            }

            answers.Add(NormalFormC.IsNormalized(text.ToString()));
        }

        answers.Count(answer => answer).ShouldBe(64465);
        Digest(answers).ShouldBe("0ae101baf0671722b963450cd8a4954f42140a1e397ae9a277c98064311267ca");

        // The generator of the script, so that both see the same texts.
        int Next(int below)
        {
            state = unchecked((state * 6364136223846793005UL) + 1442695040888963407UL);
            return (int)((state >> 33) % (ulong)below);
        }
    }

    [Fact]
    public void A_channel_cannot_be_named_in_two_ways()
    {
        ChannelName.TryParse("caf\u00e9", out _, out _).ShouldBeTrue();
        ChannelName.TryParse("cafe\u0301", out _, out var fault).ShouldBeFalse();
        fault.ShouldBe("channel is not in Unicode normalisation form C");
    }

    private static IEnumerable<Rune> EveryCharacter() =>
        Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value));

    private static string Digest(IEnumerable<bool> answers) =>
        Convert.ToHexStringLower(SHA256.HashData([.. answers.Select(answer => answer ? (byte)'1' : (byte)'0')]));
}
