namespace Realtime.Messages.Operators;

/// <summary>The body of every answer that is not a success.</summary>
/// <param name="Error">One of <c>bad_request</c>, <c>unauthorized</c>, <c>forbidden</c>, <c>not_found</c>, <c>conflict</c>, <c>unavailable</c>, <c>timeout</c>, <c>internal</c>.</param>
/// <param name="Message">What is wrong and what to do, in words.</param>
/// <param name="Field">The parameter that is wrong.</param>
public sealed record OperatorError(string Error, string Message, string? Field);
