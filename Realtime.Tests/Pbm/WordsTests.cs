using Realtime.Pbm;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Output;
using Realtime.Pbm.Verbs;

namespace Realtime.Tests.Pbm;

public sealed class WordsTests
{
    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("10", 10_000)]
    [InlineData("10s", 10_000)]
    [InlineData("1.5m", 90_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("00:00:10", 10_000)]
    public void Durations_are_read(string text, double milliseconds)
    {
        Durations.TryParse(text, out var duration).ShouldBeTrue();
        duration.TotalMilliseconds.ShouldBe(milliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("10 s")]
    [InlineData("10w")]
    [InlineData("1e9d")]
    [InlineData("99999d")]
    [InlineData("NaN")]
    public void What_is_no_duration_is_refused(string text) => Durations.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.5, "0.5")]
    [InlineData(9.94, "9.9")]
    [InlineData(340.4, "340")]
    [InlineData(9_999, "9999")]
    [InlineData(12_400, "12.4k")]
    [InlineData(3_200_000, "3.2M")]
    [InlineData(4_000_000_000, "4.0G")]
    public void Rates_are_short(double rate, string text) => Words.Rate(rate).ShouldBe(text);

    [Fact]
    public void Shards_are_numbers_and_ranges()
    {
        ShardNumbers.Parse(["3,1", "10-12", "11"]).ShouldBe([1, 3, 10, 11, 12]);
        foreach (var wrong in (string[])["x", "-1", "1-", "3-2", "1-2-3", "65536", "", ","])
        {
            Should.Throw<CallFailedException>(() => ShardNumbers.Parse([wrong]), wrong);
        }
    }

    [Theory]
    [InlineData("chat:a/b c%", "channels/chat%3Aa%2Fb%20c%25")]
    [InlineData("ä", "channels/%C3%A4")]
    [InlineData("...x", "channels/...x")]
    public void Names_are_encoded(string name, string path) => ApiPaths.Channel(name).ShouldBe(path);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    public void Names_that_lead_elsewhere_are_refused(string name) => Should.Throw<CallFailedException>(() => ApiPaths.Channel(name));
}
