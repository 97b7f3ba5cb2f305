using System.Net;
using System.Text.RegularExpressions;
using Realtime.Node.Operations.Dashboard;

namespace Realtime.Tests.Dashboard;

public sealed partial class DashboardEndpointsTests
{
    [Fact]
    public async Task The_page_and_all_that_it_names_is_served_from_the_assembly()
    {
        await using var stand = new OperatorStand();
        await stand.StartAsync();
        using var http = new HttpClient { BaseAddress = stand.Address };
        var page = await http.GetStringAsync("/");
        var waiting = new Queue<Uri>(Named(page).Select(name => new Uri(stand.Address, name)));
        var seen = new HashSet<Uri>();

        while (waiting.TryDequeue(out var file))
        {
            if (!seen.Add(file))
            {
                continue;
            }

            using var answer = await http.GetAsync(file);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, file.AbsolutePath);
            foreach (Match import in Import().Matches(await answer.Content.ReadAsStringAsync()))
            {
                waiting.Enqueue(new Uri(file, import.Groups[1].Value));
            }
        }

        seen.Count.ShouldBe(DashboardFile.ReadAll().Count - 1);
        (await http.GetAsync("/dashboard/nothing.js")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Answers_shut_out_everything_foreign_and_are_sent_again_only_when_they_changed()
    {
        await using var stand = new OperatorStand();
        await stand.StartAsync();
        using var http = new HttpClient { BaseAddress = stand.Address };
        using var first = await http.GetAsync("/");

        first.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'self';");
        first.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
        first.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        first.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        first.Headers.CacheControl!.NoCache.ShouldBeTrue();
        first.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");

        using var again = new HttpRequestMessage(HttpMethod.Get, "/");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        (await http.SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using var head = new HttpRequestMessage(HttpMethod.Head, "/dashboard/app.js");
        (await http.SendAsync(head)).Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
    }

    [Fact]
    public void No_file_names_another_place()
    {
        foreach (var file in DashboardFile.ReadAll())
        {
            var text = System.Text.Encoding.UTF8.GetString(file.Content).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
            text.ShouldNotMatch(@"\bhttps?://|(?<![:\w])//\w", file.Name);
        }
    }

    private static IEnumerable<string> Named(string page) => Reference().Matches(page).Select(match => match.Groups[1].Value);

    [GeneratedRegex("""(?:href|src)="(dashboard/[^"]+)["]""")]
    private static partial Regex Reference();

    [GeneratedRegex("""^(?:import|export) .*? from '(\./[^']+)'""", RegexOptions.Multiline)]
    private static partial Regex Import();
}
