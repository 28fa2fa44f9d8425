/** What jsdom leaves out of a browser: HTMX evaluates an XPath without naming the result type, which the standard allows. */
const evaluate = XPathExpression.prototype.evaluate;

XPathExpression.prototype.evaluate = function (this: XPathExpression, node: Node, type = 0, result: XPathResult | null = null) {
  return evaluate.call(this, node, type, result);
};
