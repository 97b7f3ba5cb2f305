using System.Text.RegularExpressions;
using Realtime.Tests.Clients;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Page;

[Collection(InChromium.Name)]
public sealed class RefusalTests(ScenarioServer server, Chromium chromium) : PageStage(server, chromium)
{
    private const int Limit = 400;

    [Fact]
    public async Task A_refused_message_says_why_stays_over_a_reload_and_can_be_changed_and_sent()
    {
        await using var strict = new ScenarioServer(grace: "10m", chatBytes: $"{Limit}B");
        await strict.StartAsync();
        var ann = await OpenAsync(strict, "Ann");
        // So many that the newest ones stand at the end of a page that scrolls.
        var all = Enumerable.Range(1, 30).Select(i => $"{i}").ToArray();
        await ann.WriteAllAsync(all);
        await ann.ShouldShowAsync(all);
        var tooLong = new string('w', Limit);

        await ann.WriteAsync(tooLong);

        var refused = ann.All("refused");
        await Expect(refused).ToContainTextAsync("Not sent. It is longer than this room allows. Shorten it and send it again.");
        await Expect(refused).ToBeInViewportAsync(new() { Ratio = 1 });
        await Expect(refused.Locator("button")).ToHaveTextAsync(["Edit", "Try again", "Discard"]);
        await Expect(ann.Page.Locator("#announcer")).ToContainTextAsync("Not sent");

        await ann.Page.ReloadAsync();
        await ann.StatusAsync("connected");
        await Expect(refused).ToContainTextAsync("It is longer than this room allows.");
        await refused.GetByText("Try again").ClickAsync();
        await Expect(refused).ToContainTextAsync("It is longer than this room allows.");

        await refused.GetByText("Edit").ClickAsync();
        await Expect(refused).ToHaveCountAsync(0);
        await Expect(ann.All("message-input")).ToBeFocusedAsync();
        await Expect(ann.All("message-input")).ToHaveValueAsync(tooLong);
        await ann.WriteAsync("shorter");

        await Expect(ann.Texts.Last).ToHaveTextAsync("shorter");
        await Expect(ann.All("message", "[data-state=failed]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_may_succeed_later_is_to_be_tried_again_and_every_refusal_has_a_cure()
    {
        var ann = await OpenAsync("Ann");
        foreach (var (code, temporary) in new[] { ("rate_limited", true), ("unavailable", true), ("forbidden", false), ("too_large", false), ("of_a_newer_version", true), ("of_a_newer_version", false) })
        {
            var words = await ann.Page.EvaluateAsync<Refusal>(
                "async ([code, temporary]) => (await import('/words.js')).refusalWords({ code, message: 'for a reason', temporary })", new object[] { code, temporary });

            words.Retry.ShouldBe(temporary, code);
            words.Why.ShouldEndWith(".");
            words.Advice.ShouldEndWith(".");
            if (temporary)
            {
                words.Advice.ShouldContain("ry again", customMessage: code);
            }
        }
    }

    [Fact]
    public async Task A_lost_link_is_told_once_however_many_tries_it_takes()
    {
        await using var mortal = new ScenarioServer(grace: "10m");
        await mortal.StartAsync();
        var ann = await OpenAsync(mortal, "Ann");

        await mortal.KillAsync();
        var lost = ann.All("events").GetByText("Link lost");

        // Tries come at random times, two of them perhaps between two looks.
        await Expect(lost).ToContainTextAsync(new Regex("[0-9] tries so far"));
        await mortal.StartAsync();
        await ann.StatusAsync("connected");
        await Expect(lost).ToHaveCountAsync(1);

        await mortal.KillAsync();
        await Expect(lost).ToHaveCountAsync(2);
    }

    private sealed class Refusal
    {
        public string Why { get; set; } = "";

        public string Advice { get; set; } = "";

        public bool Retry { get; set; }
    }
}
