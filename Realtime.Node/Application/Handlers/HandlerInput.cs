using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Realtime.Messages.Errors;

namespace Realtime.Node.Application.Handlers;

/// <summary>What one run of a handler is given.</summary>
/// <param name="Data">Of the message or call, as JSON.</param>
/// <param name="Json">How the application writes and reads JSON.</param>
internal sealed record HandlerInput(object Context, JsonElement? Data, JsonSerializerOptions Json, IServiceProvider Services, CancellationToken Cancellation)
{
    /// <summary>The data as the handler wants it, read and validated (<c>System.ComponentModel.DataAnnotations</c>).</summary>
    /// <exception cref="RefusedException">It is not what is needed; the text names the field.</exception>
    public object? Body(Type type)
    {
        if (Data is not { } data)
        {
            throw new RefusedException(ErrorCode.BadRequest, "data is missing");
        }

        object? value;
        try
        {
            value = data.Deserialize(type, Json);
        }
        catch (JsonException fault)
        {
            var path = fault.Path is { Length: > 0 } at && at != "$" ? "data" + at[1..] : "data";
            throw new RefusedException(ErrorCode.BadRequest, $"{path} is not what is needed here");
        }

        if (value is null && (!type.IsValueType || Nullable.GetUnderlyingType(type) is not null))
        {
            throw new RefusedException(ErrorCode.BadRequest, "data is null");
        }

        Validate(value!);
        return value;
    }

    private void Validate(object value)
    {
        var faults = new List<ValidationResult>();
        if (Validator.TryValidateObject(value, new ValidationContext(value, Services, null), faults, validateAllProperties: true))
        {
            return;
        }

        var first = faults[0];
        var field = first.MemberNames.FirstOrDefault() is { } member ? "data." + (Json.PropertyNamingPolicy?.ConvertName(member) ?? member) : "data";
        throw new RefusedException(ErrorCode.BadRequest, $"{field}: {first.ErrorMessage}");
    }
}
