using Microsoft.Extensions.Logging;
using Realtime.Tests.Auth;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting;

/// <summary>A leak would be found: the search itself.</summary>
public sealed class CanaryTests
{
    [Fact]
    public void A_token_and_a_secret_are_found_in_a_line_and_in_an_exception()
    {
        var canaries = new Canaries();
        var token = canaries.Plant(Jwt.Sign("""{"sub":"canary"}""", "a key of this test that nothing else is signed with"));
        var secret = canaries.Plant("of-this-test-alone-0123456789");
        var log = new CanaryLog(canaries);

        Write(log, $"Refused {token}");
        Write(log, "Failed", new InvalidOperationException($"no {secret}"));
        Write(log, "Nothing");

        canaries.Take().Count(line => line.Contains("Refused", StringComparison.Ordinal) || line.Contains("Failed", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public void Secrets_of_a_process_are_told_by_their_names()
    {
        var canaries = new Canaries();
        var own = Canaries.Of(new Dictionary<string, string> { ["REALTIME__OPERATOR__KEY"] = "an-operators-key-of-this-test", ["REALTIME__NODE"] = "a-node-of-this-test-and-no-secret", ["X_KEY"] = "short" });

        canaries.Look("""{"Key":"an-operators-key-of-this-test"}""", own);
        canaries.Look("a-node-of-this-test-and-no-secret", own);

        canaries.Take().ShouldHaveSingleItem();
    }

    private static void Write(CanaryLog log, string line, Exception? failure = null) => log.Log(LogLevel.Warning, default, line, failure, static (text, _) => text);
}
