using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Realtime.Tests.Clients;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Page;

/// <summary>The page on a cluster whose nodes come, stop and are killed while people write.</summary>
[Collection(InChromium.Name)]
public sealed class ClusterTests(Chromium chromium) : BrowserStage(chromium)
{
    /// <summary>Milliseconds: until the others have decided that a node is dead and have taken over what it held, on a machine that is busy.</summary>
    private const float Takeover = 90_000;

    private readonly ScenarioCluster _cluster = new();

    protected override string Output => _cluster.Output;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await _cluster.PrepareAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await base.DisposeAsync();
        }
        finally
        {
            await _cluster.DisposeAsync();
        }
    }

    [Fact]
    public async Task Windows_of_different_nodes_are_one_chat()
    {
        var (a, b) = (await _cluster.StartAsync("a"), await _cluster.StartAsync("b"));
        await _cluster.MeetAsync();
        var ann = await OpenAtHomeAsync(a, "Ann");
        var bob = await OpenAtHomeAsync(b, "Bob");
        await Expect(ann.Person("Bob")).ToHaveCountAsync(1);
        await Expect(bob.Person("Ann")).ToHaveCountAsync(1);

        await ann.WriteAsync("from a");
        await bob.ShouldShowAsync("from a");
        await bob.WriteAsync("from b");

        await ann.ShouldShowAsync("from a", "from b");
        await IsAtAsync(ann, "a");
        await IsAtAsync(bob, "b");
    }

    [Fact]
    public async Task The_window_of_a_node_that_is_stopped_moves_without_a_break()
    {
        var (a, b) = (await _cluster.StartAsync("a"), await _cluster.StartAsync("b"));
        var bob = await OpenAsync(b, "Bob");
        var ann = await OpenAtHomeAsync(a, "Ann");
        await WatchAsync(ann);
        await WatchAsync(bob);

        var writing = ann.WriteSlowlyAsync(100);
        await Expect(bob.Messages).Not.ToHaveCountAsync(0);
        await _cluster.StopAsync("a");
        await writing;

        await IsAtAsync(ann, "b");
        await ShouldHaveAllAsync(100, ann, bob);
        await ShouldNotHaveBrokenAsync(ann);
        await ShouldNotHaveBrokenAsync(bob);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_window_of_a_node_that_is_killed_comes_back_by_itself_and_what_was_not_sent_is_sent_once(int nodes)
    {
        var (a, b) = (await _cluster.StartAsync("a"), await _cluster.StartAsync("b"));
        if (nodes == 3)
        {
            await _cluster.StartAsync("c");
        }

        await _cluster.MeetAsync();
        var bob = await OpenAtHomeAsync(b, "Bob");
        var ann = await OpenAtHomeAsync(a, "Ann");
        await Expect(bob.Person("Ann")).ToHaveCountAsync(1);
        await ann.WriteAsync("before");
        await bob.ShouldShowAsync("before");
        await IsAtAsync(ann, "a");
        await WatchAsync(ann);

        await _cluster.KillAsync("a");
        await Expect(ann.Page.Locator("#notice")).ToContainTextAsync("What you write waits here.");
        await Expect(ann.All("fact-node").Locator("dd")).ToHaveTextAsync("–");
        await ann.WriteAsync("written meanwhile 1");
        await ann.WriteAsync("written meanwhile 2");

        string[] all = ["before", "written meanwhile 1", "written meanwhile 2"];
        await Expect(ann.All("message", "[data-state=sent]")).ToHaveCountAsync(3, new() { Timeout = Takeover });
        await ann.StatusAsync("connected");
        await ann.ShouldShowAsync(all);
        await bob.ShouldShowAsync(all);
        (await bob.OffsetsAsync()).ShouldBe([1, 2, 3]);
        await Expect(ann.All("gap")).ToHaveCountAsync(0);
        await Expect(bob.Person("Ann")).ToHaveCountAsync(1);
        (await bob.All("events").InnerTextAsync()).ShouldNotContain("Ann left");
        await Expect(ann.All("fact-node").Locator("dd")).ToHaveTextAsync(new Regex("^[bc]$"));
        await Expect(ann.All("events")).ToContainTextAsync("Back after ");
        await Expect(ann.Page.Locator("#second")).ToHaveAttributeAsync("href", new Regex("^http://.+/#"));
        (await ann.Page.GetAttributeAsync("#second", "href")).ShouldNotBeNull().ShouldNotContain(a.Authority);
        (await BreaksAsync(ann)).ShouldNotBeEmpty("the window was at another node than the one that was killed");
    }

    [Fact]
    public async Task A_window_moves_to_a_node_that_was_added_after_it_was_opened()
    {
        var a = await _cluster.StartAsync("a");
        var ann = await OpenAsync(a, "Ann");
        await ann.WriteAsync("alone");
        await ann.ShouldShowAsync("alone");
        await WatchAsync(ann);

        var b = await _cluster.StartAsync("b");
        var bob = await OpenAsync(b, "Bob");
        await bob.ShouldShowAsync("alone");
        await _cluster.StopAsync("a");

        await IsAtAsync(ann, "b");
        await ann.WriteAsync("together");
        await bob.ShouldShowAsync("alone", "together");
        await ShouldNotHaveBrokenAsync(ann);
    }

    /// <summary>A window whose session lives on the node it is opened at, so that it is not asked to move to where its session lives.</summary>
    private async Task<PageWindow> OpenAtHomeAsync(Uri node, string name)
    {
        using var http = new HttpClient { BaseAddress = node };
        for (var tries = 0; tries < 20; tries++)
        {
            var window = await OpenAsync(node, "Somebody");
            if (await IsHomeAsync(http, window))
            {
                await window.RenameAsync(name);
                return window;
            }

            await window.Page.CloseAsync();
        }

        throw new InvalidOperationException($"of 20 sessions none lives on {node}");
    }

    /// <summary>Until it is known where the session lives, which takes about a second, the gateway names the node with more room, which is not the one that is asked.</summary>
    private static async Task<bool> IsHomeAsync(HttpClient node, PageWindow window)
    {
        var record = await window.Page.EvaluateAsync<string>("() => Object.values(sessionStorage).find((text) => text.includes('nextSeq'))");
        node.DefaultRequestHeaders.Authorization = new("Bearer", JsonDocument.Parse(record).RootElement.GetProperty("session").GetString());
        for (var tries = 0; tries < 10; tries++)
        {
            var answer = await node.GetStringAsync(new Uri("/v1/gateway", UriKind.Relative)).Within("the gateway's answer");
            if (answer.Contains($"//{node.BaseAddress!.Authority}/", StringComparison.Ordinal) && tries > 3)
            {
                return true;
            }

            await window.Page.WaitForTimeoutAsync(300);
        }

        return false;
    }

    private static Task IsAtAsync(PageWindow window, string node) =>
        Expect(window.All("fact-node").Locator("dd")).ToHaveTextAsync(node, new() { Timeout = Takeover });

    /// <summary>From now on the window keeps every state other than connected that it shows, and every notice.</summary>
    private static async Task WatchAsync(PageWindow window) => await window.Page.EvaluateAsync(
        """
        () => {
          globalThis.breaks = [];
          const watch = (id, attribute, good) => new MutationObserver(() => {
            const value = document.getElementById(id).getAttribute(attribute);
            if (value !== good) breaks.push(`${id}: ${value} ${document.getElementById(id).textContent}`);
          }).observe(document.getElementById(id), { attributes: true, attributeFilter: [attribute] });
          watch('status', 'data-state', 'connected');
          watch('notice', 'data-kind', '');
        }
        """);

    private static Task<string[]> BreaksAsync(PageWindow window) => window.Page.EvaluateAsync<string[]>("() => breaks");

    private static async Task ShouldNotHaveBrokenAsync(PageWindow window)
    {
        (await BreaksAsync(window)).ShouldBeEmpty();
        await Expect(window.All("gap")).ToHaveCountAsync(0);
        await Expect(window.All("recovered")).ToHaveCountAsync(0);
    }

    /// <summary>Every message once, in the order in which it was written, in every window.</summary>
    private static async Task ShouldHaveAllAsync(int count, params PageWindow[] windows)
    {
        foreach (var window in windows)
        {
            await Expect(window.All("message", "[data-state=sent]")).ToHaveCountAsync(count, new() { Timeout = Takeover });
            (await window.Texts.AllTextContentsAsync()).ShouldBe(Enumerable.Range(1, count).Select(i => $"{i}"));
            (await window.OffsetsAsync()).ShouldBe(Enumerable.Range(1, count).Select(i => (long)i));
        }
    }
}
