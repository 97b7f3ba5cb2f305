namespace Realtime.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void It_runs() => (1 + 1).ShouldBe(2);
}
