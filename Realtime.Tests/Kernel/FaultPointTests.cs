using Realtime.Cluster.Kernel;

namespace Realtime.Tests.Kernel;

public sealed class FaultPointTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Nothing_is_broken_unless_it_is_asked_for(string? text)
    {
        var points = FaultPoints.Parse(text);
        points.IsAny.ShouldBeFalse();
        (points.Append.IsAny, points.HandOff.IsAny, points.NoFence, points.NoHeadCheck, points.AckBeforeCommit, points.NoGapCheck)
            .ShouldBe((false, false, false, false, false, false));
        points.Append.Draw().ShouldBe(TimeSpan.Zero);
        points.NewsLoss.Strikes().ShouldBeFalse();
    }

    [Fact]
    public void Losses_have_a_probability()
    {
        var points = FaultPoints.Parse("news-loss=1");
        points.NewsLoss.Strikes().ShouldBeTrue();
        points.Append.IsAny.ShouldBeFalse();
    }

    [Fact]
    public void Delays_have_a_probability_and_a_limit()
    {
        var points = FaultPoints.Parse("append-delay=1:20, handoff-delay=0.25:500,no-fence");
        points.Append.ShouldBe(new FaultDelay(new FaultChance(1), TimeSpan.FromMilliseconds(20)));
        points.HandOff.ShouldBe(new FaultDelay(new FaultChance(0.25), TimeSpan.FromMilliseconds(500)));
        points.NoFence.ShouldBeTrue();
        points.NoHeadCheck.ShouldBeFalse();
        for (var i = 0; i < 100; i++)
        {
            points.Append.Draw().ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
        }
    }

    [Theory]
    [InlineData("no-fences")]
    [InlineData("append-delay")]
    [InlineData("news-loss=often")]
    [InlineData("append-delay=1")]
    [InlineData("append-delay=much:20")]
    public void What_there_is_not_is_refused(string text) => Should.Throw<FormatException>(() => FaultPoints.Parse(text));
}
