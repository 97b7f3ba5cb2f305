using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Realtime.Node.Hosting;

namespace Realtime.Tests.Hosting;

/// <summary>The JavaScript client as browsers fetch it: from pages of other origins, compressed, and once.</summary>
public sealed class ClientScriptTests : IAsyncLifetime
{
    private const string Allowed = "https://app.example.com";
    private readonly HttpClient _http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddRealtime(options =>
        {
            (options.Node, options.Store) = ("scripts", "memory");
            options.Origins.Add(Allowed);
        });
        _app = builder.Build();
        _app.MapRealtime();
        await _app.StartAsync(TestContext.Current.CancellationToken);
        _http.BaseAddress = new Uri(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("/realtime.js")]
    [InlineData("/realtime.d.ts")]
    public async Task A_page_of_an_allowed_origin_may_read_it_and_no_other(string path)
    {
        using var allowed = await SendAsync(HttpMethod.Get, path, ("Origin", Allowed));
        allowed.StatusCode.ShouldBe(HttpStatusCode.OK);
        allowed.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([Allowed]);
        allowed.Headers.Vary.ShouldBe(["Origin", "Accept-Encoding"], ignoreOrder: true);

        using var other = await SendAsync(HttpMethod.Get, path, ("Origin", "https://evil.example"));
        other.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        other.Headers.Vary.ShouldContain("Origin");

        using var own = await SendAsync(HttpMethod.Get, path);
        own.StatusCode.ShouldBe(HttpStatusCode.OK);
        own.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        own.Headers.Vary.ShouldContain("Origin");
    }

    [Theory]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("gzip, deflate", "gzip")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip")]
    [InlineData("br;q=0.1, gzip;q=0.9", "gzip")]
    [InlineData("*", "br")]
    [InlineData("identity", null)]
    [InlineData("identity;q=1, gzip;q=0.5", null)]
    [InlineData("gzip;q=0", null)]
    [InlineData("zstd", null)]
    [InlineData("", null)]
    public async Task It_is_sent_in_the_best_coding_that_the_browser_takes(string accepted, string? coding)
    {
        using var response = await SendAsync(HttpMethod.Get, "/realtime.js", ("Accept-Encoding", accepted));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentEncoding.ShouldBe(coding is null ? [] : [coding]);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/javascript; charset=utf-8");
        var source = await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "clients", "js", "realtime.js"), TestContext.Current.CancellationToken);
        var sent = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        response.Content.Headers.ContentLength.ShouldBe(sent.Length);
        Decoded(sent, coding).ShouldBe(source);
        if (coding is not null)
        {
            sent.Length.ShouldBeLessThan(source.Length / 2);
        }
    }

    [Fact]
    public async Task Each_coding_has_a_strong_tag_of_its_own_and_is_not_sent_twice()
    {
        var tags = new List<string>();
        foreach (var accepted in new[] { "br", "gzip", "identity" })
        {
            using var first = await SendAsync(HttpMethod.Get, "/realtime.js", ("Accept-Encoding", accepted));
            first.Headers.ETag!.IsWeak.ShouldBeFalse();
            tags.Add(first.Headers.ETag.Tag);

            using var again = await SendAsync(
                HttpMethod.Get, "/realtime.js", ("Accept-Encoding", accepted), ("If-None-Match", first.Headers.ETag.Tag), ("Origin", Allowed));
            again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
            again.Headers.ETag.ShouldBe(first.Headers.ETag);
            again.Headers.Vary.ShouldContain("Accept-Encoding");
            again.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([Allowed]);
            (await again.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        }

        tags.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task HEAD_says_the_same_without_the_content()
    {
        using var get = await SendAsync(HttpMethod.Get, "/realtime.js", ("Accept-Encoding", "br"));
        using var head = await SendAsync(HttpMethod.Head, "/realtime.js", ("Accept-Encoding", "br"));

        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Headers.ETag.ShouldBe(get.Headers.ETag);
        head.Content.Headers.ContentLength.ShouldBe(get.Content.Headers.ContentLength);
        head.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        (await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string Decoded(byte[] sent, string? coding)
    {
        using var content = new MemoryStream(sent);
        using Stream decoded = coding switch
        {
            "br" => new BrotliStream(content, CompressionMode.Decompress),
            "gzip" => new GZipStream(content, CompressionMode.Decompress),
            _ => content,
        };
        using var reader = new StreamReader(decoded);
        return reader.ReadToEnd();
    }
}
