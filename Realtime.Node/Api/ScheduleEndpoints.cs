using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Realtime.Messages.Errors;
using Realtime.Messages.Operators;
using Realtime.Node.Api.Door;
using Realtime.Node.Schedules;

namespace Realtime.Node.Api;

/// <summary>What is scheduled: seen, and taken back.</summary>
internal sealed class ScheduleEndpoints(ScheduleCalls schedules)
{
    public async Task ListAsync(HttpContext context, ApiCaller caller)
    {
        var query = ClusterCalls.Query(context, "prefix", "state", "limit", "after");
        var limit = query.GetValueOrDefault("limit") is not { } text ? ScheduleCalls.MostLimit
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= ScheduleCalls.MostLimit ? number
            : throw ApiFaultException.Bad($"limit must be a whole number from 1 to {ScheduleCalls.MostLimit}.", "limit");
        var (page, fault) = await schedules.ListAsync(
            query.GetValueOrDefault("prefix", ""), query.GetValueOrDefault("state"), query.GetValueOrDefault("after"), limit, context.RequestAborted).ConfigureAwait(false);
        if (page is null)
        {
            throw ApiFaultException.Of(fault!);
        }

        page = page with { Schedules = [.. page.Schedules.Where(schedule => caller.Key.Reaches(schedule.Channel))] };
        await ApiAnswer.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(page, OperatorJson.Default.SchedulePage)).ConfigureAwait(false);
    }

    public async Task FindAsync(HttpContext context, ApiCaller caller, string id)
    {
        var (report, fault) = await schedules.FindAsync(id, context.RequestAborted).ConfigureAwait(false);
        if (report is null)
        {
            throw ApiFaultException.Of(fault!);
        }

        if (!caller.Key.Reaches(report.Channel))
        {
            throw new ApiFaultException(ErrorCode.Forbidden, "This key is not for that channel.", "id");
        }

        await ApiAnswer.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(report, OperatorJson.Default.ScheduleReport)).ConfigureAwait(false);
    }

    public async Task CancelAsync(HttpContext context, ApiCaller caller, string id)
    {
        if (await schedules.CancelAsync(id, caller, context.RequestAborted).ConfigureAwait(false) is { } fault)
        {
            throw ApiFaultException.Of(fault);
        }

        await ApiAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("cancelled", 1);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }
}
