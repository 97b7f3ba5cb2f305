using Realtime.Tests.Clients;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Page;

[Collection(InChromium.Name)]
public sealed class ConversationTests(ScenarioServer server, Chromium chromium) : PageStage(server, chromium)
{
    [Fact]
    public async Task Two_windows_talk_and_see_each_other()
    {
        var ann = await OpenAsync("Ann");
        var bob = await OpenAsync("Bob");

        await ann.WriteAsync("hello");
        await bob.ShouldShowAsync("hello");
        await bob.WriteAsync("hello yourself");

        foreach (var (window, me, other) in new[] { (ann, "Ann", "Bob"), (bob, "Bob", "Ann") })
        {
            await window.ShouldShowAsync("hello", "hello yourself");
            await Expect(window.Person(me)).ToHaveAttributeAsync("data-me", "true");
            await Expect(window.Person(other)).ToHaveAttributeAsync("data-me", "false");
            await Expect(window.All("person")).ToHaveCountAsync(2);
        }
    }

    [Fact]
    public async Task A_new_name_is_seen_by_the_others()
    {
        var ann = await OpenAsync("Ann");
        var bob = await OpenAsync("Bob");
        await Expect(bob.Person("Ann")).ToHaveCountAsync(1);

        await ann.All("name").FillAsync("Annabel");
        await ann.All("name").PressAsync("Enter");

        await Expect(bob.Person("Annabel")).ToHaveCountAsync(1);
        await Expect(bob.Person("Ann")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Who_comes_later_reads_what_was_written_before_and_rooms_are_apart()
    {
        var ann = await OpenAsync("Ann");
        var all = Enumerable.Range(1, 60).Select(i => $"{i}").ToArray();
        await ann.WriteAllAsync(all);
        await ann.ShouldShowAsync(all);
        var bob = await OpenAsync("Bob");
        // The newest 50 at once; scrolling up brings the rest.
        await Expect(bob.Texts.Last).ToHaveTextAsync("60");
        await bob.Page.Locator("#scroll").EvaluateAsync("scroll => { scroll.scrollTop = 0; }");
        await bob.ShouldShowAsync(all);

        await bob.All("room").FillAsync("Somewhere else");
        await bob.All("room").PressAsync("Enter");
        await Expect(bob.All("room-link", "[data-room=somewhere-else]")).ToHaveAttributeAsync("aria-current", "page");
        await Expect(bob.Messages).ToHaveCountAsync(0);
        await Expect(ann.Person("Bob")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_pointer_of_the_other_window_moves_along_and_ripples()
    {
        var ann = await OpenAsync("Ann");
        var bob = await OpenAsync("Bob");
        await Expect(bob.Person("Ann")).ToHaveCountAsync(1);
        // The layout may still move: what counts is where on the stage the pointer was at that moment.
        await ann.Page.Locator("#stage").EvaluateAsync(
            """
            (stage) => stage.addEventListener('pointermove', ({ clientX, clientY }) => {
              const { left, top, width, height } = stage.getBoundingClientRect();
              globalThis.pointed = [(clientX - left) / width, (clientY - top) / height];
            })
            """);

        foreach (var (x, y) in new[] { (0.25f, 0.5f), (0.6f, 0.2f) })
        {
            var box = (await ann.Page.Locator("#stage").BoundingBoxAsync())!;
            await ann.Page.Mouse.MoveAsync(box.X + (box.Width * x), box.Y + (box.Height * y));
            var pointed = await ann.Page.EvaluateAsync<double[]>("() => pointed");

            await Expect(bob.All("cursor", "[data-name=Ann]")).ToHaveCountAsync(1);
            await bob.Page.WaitForFunctionAsync(
                """
                ([x, y]) => {
                  const stage = document.getElementById('stage');
                  const at = new DOMMatrix(getComputedStyle(document.querySelector('[data-testid=cursor]')).transform);
                  return Math.abs(at.e / stage.clientWidth - x) < 0.01 && Math.abs(at.f / stage.clientHeight - y) < 0.01;
                }
                """,
                pointed);
        }

        var ripple = bob.All("ripple").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Attached });
        await ann.Page.Mouse.DownAsync();
        await ripple;
    }

    [Fact]
    public async Task What_people_write_is_text_and_never_markup()
    {
        const string Evil = "<img src=x onerror=\"document.title='owned'\"><b>bold</b> & <script>document.title='owned'</script>";
        var ann = await OpenAsync("Ann");
        var bob = await OpenAsync("Bob");
        await ann.RenameAsync("<b>Ann</b>");

        await ann.WriteAsync(Evil);
        await ann.WriteAsync("two\nlines, 日本語, עברית, 👩‍🚀");

        await bob.ShouldShowAsync(Evil, "two lines, 日本語, עברית, 👩‍🚀");
        await Expect(bob.Person("<b>Ann</b>")).ToHaveCountAsync(1);
        (await bob.Page.Locator(".messages img, .messages b, .messages script, #members b").CountAsync()).ShouldBe(0);
        (await bob.Page.TitleAsync()).ShouldNotContain("owned");
    }
}
