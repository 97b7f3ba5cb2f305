using Microsoft.Playwright;
using Realtime.Tests.Clients;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Page;

[Collection(InChromium.Name)]
public sealed class RecoveryTests(ScenarioServer server, Chromium chromium) : PageStage(server, chromium)
{
    [Fact]
    public async Task After_a_cut_everything_comes_once_and_in_order_and_nobody_was_gone()
    {
        var ann = await OpenAsync("Ann");
        var bob = await OpenAsync("Bob");
        await Expect(bob.Person("Ann")).ToHaveCountAsync(1);
        await ann.WriteAsync("before");
        await bob.ShouldShowAsync("before");
        await WatchPeopleAsync(bob);

        await ann.ToggleCutAsync();
        await ann.StatusAsync("offline");
        await ann.WriteAsync("written offline 1");
        await bob.WriteAsync("missed 1");
        await ann.WriteAsync("written offline 2");
        await bob.WriteAsync("missed 2");
        await bob.ShouldShowAsync("before", "missed 1", "missed 2");
        await Expect(ann.All("message", "[data-state=pending]")).ToHaveCountAsync(2);
        await ann.ToggleCutAsync();
        await ann.StatusAsync("connected");

        string[] all = ["before", "missed 1", "missed 2", "written offline 1", "written offline 2"];
        await bob.ShouldShowAsync(all);
        await ann.ShouldShowAsync(all);
        await Expect(ann.All("recovered")).ToHaveCountAsync(1);
        await Expect(ann.All("gap")).ToHaveCountAsync(0);
        (await ann.OffsetsAsync()).ShouldBe([1, 2, 3, 4, 5]);
        await ShouldNotHaveFlickeredAsync(bob);
    }

    [Fact]
    public async Task A_killed_server_costs_no_message_and_doubles_none()
    {
        var ann = await OpenAsync("Ann");
        var bob = await OpenAsync("Bob");
        foreach (var i in Enumerable.Range(1, 5))
        {
            await ann.WriteAsync($"ann {i}");
            await bob.WriteAsync($"bob {i}");
        }

        await Server.KillAsync();
        foreach (var i in Enumerable.Range(6, 5))
        {
            await ann.WriteAsync($"ann {i}");
            await bob.WriteAsync($"bob {i}");
        }

        await Server.StartAsync();
        foreach (var i in Enumerable.Range(11, 5))
        {
            await ann.WriteAsync($"ann {i}");
            await bob.WriteAsync($"bob {i}");
        }

        foreach (var window in new[] { ann, bob })
        {
            await Expect(window.All("message", "[data-state=sent]")).ToHaveCountAsync(30);
            (await window.OffsetsAsync()).ShouldBe(Enumerable.Range(1, 30).Select(i => (long)i));
            await Expect(window.All("gap")).ToHaveCountAsync(0);
            await Expect(window.Person("Ann")).ToHaveCountAsync(1);
            await Expect(window.Person("Bob")).ToHaveCountAsync(1);
        }

        var texts = await ann.Texts.AllTextContentsAsync();
        (await bob.Texts.AllTextContentsAsync()).ShouldBe(texts);
        foreach (var name in new[] { "ann", "bob" })
        {
            texts.Where(text => text.StartsWith(name, StringComparison.Ordinal)).ShouldBe(Enumerable.Range(1, 15).Select(i => $"{name} {i}"));
        }
    }

    [Fact]
    public async Task Where_history_no_longer_reaches_back_the_page_says_what_is_missing()
    {
        await using var forgetful = new ScenarioServer(grace: "10m", chatHistory: 5);
        await forgetful.StartAsync();
        var ann = await OpenAsync(forgetful, "Ann");
        var bob = await OpenAsync(forgetful, "Bob");
        await bob.WriteAsync("1");
        await ann.ShouldShowAsync("1");
        await ann.ToggleCutAsync();
        await ann.StatusAsync("offline");
        var all = Enumerable.Range(1, 30).Select(i => $"{i}").ToArray();
        await bob.WriteAllAsync(all[1..]);
        await bob.ShouldShowAsync(all);
        await ann.ToggleCutAsync();

        var gap = ann.All("gap");
        await Expect(gap).ToHaveAttributeAsync("data-reason", "trimmed");
        await Expect(gap).ToHaveAttributeAsync("data-from", "2");
        var last = int.Parse((await gap.GetAttributeAsync("data-to"))!, System.Globalization.CultureInfo.InvariantCulture);
        last.ShouldBeInRange(2, 25);
        await Expect(gap).ToContainTextAsync($"{last - 1} messages are missing here (numbers 2–{last})");
        await ann.ShouldShowAsync([all[0], .. all[last..]]);
        // The gap stands where they would be.
        (await gap.EvaluateAsync<string>("gap => gap.previousElementSibling.querySelector('.text').textContent")).ShouldBe("1");
        (await gap.EvaluateAsync<string>("gap => gap.nextElementSibling.dataset.testid")).ShouldBeOneOf("recovered", "message");
    }

    [Fact]
    public async Task A_reload_keeps_who_one_is_and_what_was_not_sent_yet()
    {
        var ann = await OpenAsync("Ann");
        var bob = await OpenAsync("Bob");
        await Expect(bob.Person("Ann")).ToHaveCountAsync(1);
        await ann.WriteAsync("sent");
        await bob.ShouldShowAsync("sent");
        await WatchPeopleAsync(bob);
        await ann.ToggleCutAsync();
        await ann.StatusAsync("offline");
        await ann.WriteAsync("not sent yet");
        await Expect(ann.All("message", "[data-state=pending]")).ToHaveCountAsync(1);

        await ann.Page.ReloadAsync();
        await ann.StatusAsync("connected");

        await bob.ShouldShowAsync("sent", "not sent yet");
        await ann.ShouldShowAsync("sent", "not sent yet");
        await Expect(ann.Person("Ann")).ToHaveAttributeAsync("data-me", "true");
        await ShouldNotHaveFlickeredAsync(bob);
    }

    /// <summary>From now on the window keeps a list of everybody who goes from or comes to its list of people.</summary>
    private static async Task WatchPeopleAsync(PageWindow window) => await window.Page.EvaluateAsync(
        """
        () => {
          globalThis.flickers = [];
          const seen = new Set(document.querySelectorAll('[data-testid=person]'));
          new MutationObserver((changes) => {
            for (const { addedNodes, removedNodes } of changes) {
              // Rows are also moved to keep their order: gone is what is not there afterwards.
              for (const node of removedNodes) if (!node.isConnected) flickers.push(`gone: ${node.textContent}`);
              for (const node of addedNodes) if (!seen.has(node)) flickers.push(`new: ${node.textContent}`);
            }
          }).observe(document.getElementById('members'), { childList: true });
        }
        """);

    private static async Task ShouldNotHaveFlickeredAsync(PageWindow window)
    {
        (await window.Page.EvaluateAsync<string[]>("() => flickers")).ShouldBeEmpty();
        (await window.All("events").InnerTextAsync()).ShouldNotContain("Ann left");
    }
}
