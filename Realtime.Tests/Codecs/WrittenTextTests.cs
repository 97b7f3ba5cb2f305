using System.Text.Json;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using static Realtime.Tests.Codecs.Json;

namespace Realtime.Tests.Codecs;

/// <summary>Text in what is written: valid JSON whatever it holds, and readable where it can be.</summary>
public sealed class WrittenTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("é ß 漢字 한국어 \U0001F600 \u2028\u2029\u007f </script>")]
    [InlineData("\"\\/\b\f\n\r\t\u0000\u0001\u001f")]
    public void Text_comes_back_as_it_was(string text)
    {
        var json = Written(new ServerFrame.Error(1, ErrorCode.Internal, text));
        using var document = JsonDocument.Parse(json);
        document.RootElement.GetProperty("message").GetString().ShouldBe(text);
    }

    [Fact]
    public void Text_that_is_not_ASCII_stays_readable() =>
        Written(new ServerFrame.Error(1, ErrorCode.Internal, "é漢\U0001F600")).ShouldContain("\"é漢\U0001F600\"");

    [Fact]
    public void Long_text_is_not_torn_where_it_is_cut_into_runs()
    {
        for (var lead = 0; lead < 4; lead++)
        {
            var text = new string('x', lead) + string.Concat(Enumerable.Repeat("\U0001F600é", 5_000));
            using var document = JsonDocument.Parse(Written(new ServerFrame.Error(1, ErrorCode.Internal, text)));
            document.RootElement.GetProperty("message").GetString().ShouldBe(text);
        }
    }

    [Fact]
    public void Half_a_surrogate_pair_in_a_text_still_makes_valid_JSON()
    {
        using var document = JsonDocument.Parse(Written(new ServerFrame.Error(1, ErrorCode.Internal, "a\ud800b")));
        document.RootElement.GetProperty("message").GetString().ShouldBe("a\ufffdb");
    }
}
