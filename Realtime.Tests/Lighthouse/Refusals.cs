using System.Net;
using System.Text.Json.Nodes;

namespace Realtime.Tests.Lighthouse;

internal static class Refusals
{
    /// <summary>The answer is this error, with all of its members.</summary>
    public static void ShouldBeRefused(
        this (HttpStatusCode Status, JsonObject? Body, HttpResponseMessage Response) answer, int status, string error, string begin, string? field, string end = "")
    {
        ((int)answer.Status).ShouldBe(status);
        var body = answer.Body.ShouldNotBeNull();
        ((string?)body["error"]).ShouldBe(error);
        ((string?)body["message"]).ShouldNotBeNull().ShouldStartWith(begin);
        ((string?)body["message"]).ShouldNotBeNull().ShouldEndWith(end);
        body.ContainsKey("field").ShouldBeTrue();
        ((string?)body["field"]).ShouldBe(field);
    }
}
